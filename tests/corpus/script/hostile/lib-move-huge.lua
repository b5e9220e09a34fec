-- expect: fuel|deadline
-- moving 2^63 nils
return { load = function(ctx)
  return table.move({}, 1, math.maxinteger - 1, 2)
end }
