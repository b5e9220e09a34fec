-- expect: fuel|deadline
-- removing at the front
return { load = function(ctx)
  while true do
    local t = {}
    for i = 1, 3000 do t[i] = i end
    for i = 1, 3000 do table.remove(t, 1) end
  end
end }
