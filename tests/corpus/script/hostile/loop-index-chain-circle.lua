-- expect: failed
-- a circle of __index
return { load = function(ctx)
  local a, b = {}, {}
  setmetatable(a, { __index = b })
  setmetatable(b, { __index = a })
  return a.x
end }
