-- expect: failed
-- a range of 2^63
return { load = function(ctx)
  return table.concat({}, "x", 1, math.maxinteger)
end }
