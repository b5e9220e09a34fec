-- expect: ok
-- a finalizer set after setmetatable
return { load = function(ctx)
  local m = {}
  local seen = 0
  for i = 1, 100 do setmetatable({}, m) end
  m.__gc = function() seen = seen + 1 end
  m.__close = m.__gc
  local s = 0
  for i = 1, 20000 do s = s + #("x" .. i) end
  assert(seen == 0)
  return 1
end }
