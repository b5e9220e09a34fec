-- expect: fuel|deadline
-- a comparison that takes long
return { load = function(ctx)
  local t = {}
  for i = 1, 1000 do t[i] = i end
  table.sort(t, function(a, b) for i = 1, 1000 do end return a < b end)
  while true do table.sort(t) end
end }
