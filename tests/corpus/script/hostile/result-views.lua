-- expect: output
-- the same record a hundred thousand times
return { load = function(ctx)
  local t = {}
  for i = 1, 50000 do t[i] = ctx end
  return t
end }
