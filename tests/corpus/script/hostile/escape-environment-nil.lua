-- expect: failed
-- no environment at all
return { load = function(ctx)
  _ENV = nil
  return x
end }
