-- expect: ok
-- the metatable of a view
return { load = function(ctx)
  assert(getmetatable(ctx) == false)
  assert(tostring(ctx) == "table")
  assert(type(ctx) == "table")
  return 1
end }
