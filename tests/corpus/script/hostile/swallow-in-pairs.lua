-- expect: fuel|deadline
-- the kill comes in __pairs
return { load = function(ctx)
  local t = setmetatable({}, { __pairs = function() while true do end end })
  while true do pcall(function() for _ in pairs(t) do end end) end
end }
