-- expect: failed
-- next of a view with a key it has not
return { load = function(ctx)
  next(ctx, "nothing")
end }
