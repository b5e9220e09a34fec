-- expect: memory|fuel|deadline
-- tables in tables
return { load = function(ctx)
  local t = {}
  while true do t = { t, {}, {} } end
end }
