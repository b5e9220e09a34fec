-- expect: failed
-- os is not offered
return { load = function(ctx)
  return os.time()
end }
