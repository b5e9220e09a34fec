-- expect: failed
-- a range that wraps around
return { load = function(ctx)
  return table.unpack({}, math.mininteger, math.maxinteger)
end }
