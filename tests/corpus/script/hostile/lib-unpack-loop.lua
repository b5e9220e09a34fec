-- expect: fuel|deadline
-- as many results as there may be, for ever
return { load = function(ctx)
  local t = {}
  for i = 1, 16000 do t[i] = i end
  while true do select("#", table.unpack(t)) end
end }
