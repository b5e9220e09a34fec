-- expect: fuel|deadline
-- the kill comes in __lt
return { load = function(ctx)
  local m = { __lt = function() while true do end end }
  local a, b = setmetatable({}, m), setmetatable({}, m)
  while true do pcall(function() return a < b end) end
end }
