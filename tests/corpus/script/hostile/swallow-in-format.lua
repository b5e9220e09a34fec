-- expect: fuel|deadline
-- the kill comes in format
return { load = function(ctx)
  local t = setmetatable({}, { __tostring = function() while true do end end })
  while true do pcall(string.format, "%s %s", t, t) end
end }
