-- expect: failed
-- print is not offered
return { load = function(ctx)
  print("x")
end }
