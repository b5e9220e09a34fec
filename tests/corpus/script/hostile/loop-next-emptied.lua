-- expect: fuel|deadline
-- next over a table whose fields are gone
return { load = function(ctx)
  local t = {}
  for i = 1, 30000 do t['k' .. i] = true end
  for i = 1, 30000 do t['k' .. i] = nil end
  while true do next(t) end
end }
