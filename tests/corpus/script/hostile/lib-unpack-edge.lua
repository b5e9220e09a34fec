-- expect: ok
-- ranges at the edge
return { load = function(ctx)
  assert(select("#", table.unpack({}, math.maxinteger, math.maxinteger)) == 1)
  assert(select("#", table.unpack({}, math.maxinteger - 1, math.maxinteger)) == 2)
  assert(select("#", table.unpack({}, math.mininteger, math.mininteger + 1)) == 2)
  assert(select("#", table.unpack({}, 1, 0)) == 0)
  return 1
end }
