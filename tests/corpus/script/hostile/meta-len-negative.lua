-- expect: ok
-- __len that is no length
return { load = function(ctx)
  local t = setmetatable({}, { __len = function() return -math.huge end })
  table.insert(t, 1)
  assert(rawlen(t) == 1)
  return table.concat(t)
end }
