-- expect: failed
-- load is not offered
return { load = function(ctx)
  return load("return 1")()
end }
