-- expect: failed
-- a megabyte of results
return { load = function(ctx)
  return #{ ("x"):rep(1000000):byte(1, -1) }
end }
