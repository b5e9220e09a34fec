-- expect: failed|memory
-- a product that wraps around
return { load = function(ctx)
  return ("x"):rep(1 << 20):rep(1 << 44)
end }
