-- expect: result
-- tables in tables in tables
return { load = function(ctx)
  local t = {}
  for i = 1, 100000 do t = { t } end
  return t
end }
