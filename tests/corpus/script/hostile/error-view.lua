-- expect: failed
-- an error that is a view
return { load = function(ctx)
  error(ctx)
end }
