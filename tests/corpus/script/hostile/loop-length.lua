-- expect: fuel|deadline
-- # of a table with holes, for ever
return { load = function(ctx)
  local t = {}
  for i = 1, 60000 do t[i] = i end
  for i = 2, 59999 do t[i] = nil end
  while true do local n = #t end
end }
