-- expect: ok
-- starts far outside
return { load = function(ctx)
  assert(("abc"):find("b", math.maxinteger) == nil)
  assert(("abc"):find("b", math.mininteger) == 2)
  assert(("abc"):find("", 10) == nil)
  assert(("abc"):find("", 4) == 4)
  assert(("abc"):match("()", math.mininteger) == 1)
  assert(("abc"):gmatch("b", math.maxinteger)() == nil)
  return 1
end }
