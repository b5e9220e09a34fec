-- expect: fuel|deadline
-- many bytes, for ever
return { load = function(ctx)
  local t = {}
  for i = 1, 10000 do t[i] = 65 end
  while true do string.char(table.unpack(t)) end
end }
