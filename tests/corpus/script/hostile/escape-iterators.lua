-- expect: ok
-- iterators called by hand
return { load = function(ctx)
  local step, t, k = pairs({ a = 1, b = 2 })
  assert(step() == "a" and step({}) == "b" and step(nil, "x") == nil and step() == nil)
  local g = ("abc"):gmatch(".")
  assert(g({}) == "a" and g() == "b" and g() == "c" and g() == nil and g() == nil)
  local vs = pairs(ctx)
  assert(vs(nil) ~= nil)
  return 1
end }
