-- expect: failed
-- an error text of a megabyte
return { load = function(ctx)
  error(("拼"):rep(300000))
end }
