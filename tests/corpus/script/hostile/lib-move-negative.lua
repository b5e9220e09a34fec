-- expect: fuel|deadline
-- from the lowest index up
return { load = function(ctx)
  return table.move({}, math.mininteger, -2, 1)
end }
