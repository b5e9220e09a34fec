-- expect: failed
-- the separator counts
return { load = function(ctx)
  return (""):rep(math.maxinteger, "x")
end }
