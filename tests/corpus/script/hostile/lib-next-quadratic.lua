-- expect: fuel|deadline
-- two walks that disturb each other
return { load = function(ctx)
  local t = {}
  for i = 1, 5000 do t["k" .. i] = i end
  for k in next, t do for j in next, t do end end
end }
