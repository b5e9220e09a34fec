-- expect: failed|fuel|deadline|memory
-- __len that measures
return { load = function(ctx)
  local m = { __len = function(a) return #a end }
  return #setmetatable({}, m)
end }
