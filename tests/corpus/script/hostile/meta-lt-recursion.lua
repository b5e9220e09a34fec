-- expect: failed|fuel|deadline|memory
-- __lt that compares
return { load = function(ctx)
  local m = { __lt = function(a, b) return a < b end }
  return setmetatable({}, m) < setmetatable({}, m)
end }
