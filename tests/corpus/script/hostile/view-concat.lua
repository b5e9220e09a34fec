-- expect: failed
-- a view is no text
return { load = function(ctx)
  return ctx .. ""
end }
