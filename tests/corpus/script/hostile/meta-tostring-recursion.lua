-- expect: failed|fuel|deadline|memory
-- __tostring that asks itself
return { load = function(ctx)
  local m = {}
  m.__tostring = function(o) return tostring(o) end
  return tostring(setmetatable({}, m))
end }
