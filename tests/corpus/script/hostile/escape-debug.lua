-- expect: failed
-- debug is not offered
return { load = function(ctx)
  return debug.getregistry()
end }
