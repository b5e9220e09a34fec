-- expect: failed
-- t.__call = t is a loop in C
return { load = function(ctx)
  local t = {}
  t.__call = t
  setmetatable(t, t)
  t()
end }
