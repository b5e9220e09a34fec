-- expect: failed|memory|fuel|deadline
-- a recursion through __pairs
return { load = function(ctx)
  local m = {}
  m.__pairs = function(t) return pairs(t) end
  for _ in pairs(setmetatable({}, m)) do end
end }
