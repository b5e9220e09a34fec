-- expect: failed
-- an error that is a number
return { load = function(ctx)
  error(1e308 * 10)
end }
