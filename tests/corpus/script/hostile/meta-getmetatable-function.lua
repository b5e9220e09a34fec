-- expect: ok
-- metatables of other types
return { load = function(ctx)
  assert(getmetatable(print) == nil)
  assert(getmetatable(function() end) == nil)
  assert(getmetatable(1) == nil and getmetatable(nil) == nil and getmetatable(true) == nil)
  assert(getmetatable(ctx) == false)
  return 1
end }
