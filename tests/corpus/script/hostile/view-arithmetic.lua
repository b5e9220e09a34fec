-- expect: failed
-- a view is no number
return { load = function(ctx)
  return ctx + 1
end }
