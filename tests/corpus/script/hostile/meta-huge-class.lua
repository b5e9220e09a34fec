-- expect: fuel|deadline
-- a metatable with thousands of fields, copied for each object
return { load = function(ctx)
  local m = {}
  for i = 1, 20000 do m["f" .. i] = i end
  while true do m.x = (m.x or 0) + 1 setmetatable({}, m) end
end }
