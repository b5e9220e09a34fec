-- expect: memory|fuel|deadline
-- living just under the limit, with small objects
return { load = function(ctx)
  local keep = {}
  for i = 1, 95000 do keep[i % 60000 + 1] = { i } end
  while true do local t = { {}, {}, {} } end
end }
