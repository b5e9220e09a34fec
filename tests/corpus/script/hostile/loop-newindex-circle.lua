-- expect: failed
-- a circle of __newindex
return { load = function(ctx)
  local a, b = {}, {}
  setmetatable(a, { __newindex = b })
  setmetatable(b, { __newindex = a })
  a.x = 1
end }
