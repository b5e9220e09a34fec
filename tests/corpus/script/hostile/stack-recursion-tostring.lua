-- expect: failed|memory|fuel|deadline
-- a recursion through __tostring
return { load = function(ctx)
  local m = {}
  m.__tostring = function() return tostring(setmetatable({}, m)) end
  return tostring(setmetatable({}, m))
end }
