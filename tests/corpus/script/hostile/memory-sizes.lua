-- expect: memory|fuel|deadline
-- object sizes that change, so freed memory does not fit
return { load = function(ctx)
  for size = 100, 2000, 40 do
    local t = {}
    for i = 1, 3000 do t[i] = ("x"):rep(size + i % 8) .. i end
  end
  while true do end
end }
