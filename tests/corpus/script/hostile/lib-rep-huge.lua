-- expect: failed
-- a text of 2^63 bytes
return { load = function(ctx)
  return ("x"):rep(math.maxinteger)
end }
