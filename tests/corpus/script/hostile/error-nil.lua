-- expect: failed
-- an error that is nothing
return { load = function(ctx)
  error()
end }
