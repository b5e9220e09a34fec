-- expect: ok
-- the globals behind the environment stay out of reach
return { load = function(ctx)
  assert(getmetatable(_ENV) == false)
  assert(rawget(_ENV, "string") == nil)
  assert(next(_ENV) == nil)
  for _ in pairs(_ENV) do error("something is there") end
  return 1
end }
