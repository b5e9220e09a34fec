-- expect: failed|fuel|deadline|memory
-- __eq that compares
return { load = function(ctx)
  local m = { __eq = function(a, b) return a == b end }
  return setmetatable({}, m) == setmetatable({}, m)
end }
