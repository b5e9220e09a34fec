-- expect: failed
-- __concat set after setmetatable
return { load = function(ctx)
  local m = {}
  local o = setmetatable({}, m)
  m.__concat = function() return "x" end
  return "a" .. o
end }
