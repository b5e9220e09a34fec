-- expect: memory|fuel|deadline
-- a long format, for ever
return { load = function(ctx)
  local f, t = ("%s"):rep(200), {}
  for i = 1, 200 do t[i] = ("x"):rep(4000) end
  local all = {}
  while true do all[#all + 1] = f:format(table.unpack(t)) .. #all end
end }
