-- expect: failed|memory|fuel|deadline
-- a recursion through __index
return { load = function(ctx)
  local m = {}
  m.__index = function(t, k) return setmetatable({}, m)[k] end
  return setmetatable({}, m).x
end }
