-- expect: ok
-- select at its edges
return { load = function(ctx)
  assert(not pcall(select, 0, 1))
  assert(not pcall(select, -2, 1))
  assert(not pcall(select, math.mininteger, 1))
  assert(select("#", select(math.maxinteger, 1, 2)) == 0)
  assert(select(-1, 1, 2) == 2)
  return 1
end }
