-- expect: fuel|deadline
-- a table of replacements that computes them
return { load = function(ctx)
  local t = setmetatable({}, { __index = function(_, k) while true do end end })
  return ("abc"):gsub(".", t)
end }
