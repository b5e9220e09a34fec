-- expect: failed
-- __call set to a table after setmetatable
return { load = function(ctx)
  local m = {}
  local t = setmetatable({}, m)
  m.__call = t
  t()
end }
