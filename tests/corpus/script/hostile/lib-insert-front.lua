-- expect: fuel|deadline
-- inserting at the front, for ever
return { load = function(ctx)
  local t = {}
  while true do table.insert(t, 1, 1) end
end }
