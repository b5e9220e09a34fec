-- expect: failed|fuel|deadline|memory
-- __add that adds
return { load = function(ctx)
  local m = { __add = function(a, b) return a + b end }
  local o = setmetatable({}, m)
  return o + o
end }
