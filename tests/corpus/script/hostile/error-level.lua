-- expect: failed
-- a level far outside
return { load = function(ctx)
  error("x", math.maxinteger)
end }
