-- expect: failed|fuel|deadline|memory
-- __newindex that writes the table it is of
return { load = function(ctx)
  local t = setmetatable({}, { __newindex = function(t, k, v) t[k] = v end })
  t.x = 1
end }
