-- expect: result
-- a table in itself, many times
return { load = function(ctx)
  local t = {}
  for i = 1, 100 do t[i] = t end
  return t
end }
