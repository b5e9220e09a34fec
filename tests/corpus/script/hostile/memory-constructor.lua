-- expect: memory|fuel|deadline
-- a constructor with many results
return { load = function(ctx)
  local t = {}
  for i = 1, 10000 do t[i] = i end
  local all = {}
  while true do all[#all + 1] = { table.unpack(t) } end
end }
