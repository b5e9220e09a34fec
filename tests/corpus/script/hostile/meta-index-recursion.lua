-- expect: failed|fuel|deadline|memory
-- __index that reads the table it is of
return { load = function(ctx)
  local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
  return t.x
end }
