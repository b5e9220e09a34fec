-- expect: failed
-- a view is no function
return { load = function(ctx)
  return ctx()
end }
