-- expect: fuel|deadline
-- the kill comes in __tostring
return { load = function(ctx)
  local t = setmetatable({}, { __tostring = function() while true do end end })
  while true do pcall(tostring, t) end
end }
