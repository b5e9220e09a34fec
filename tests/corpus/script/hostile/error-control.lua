-- expect: failed
-- an error text of control bytes
return { load = function(ctx)
  error("\r\n\0\27[31m\x7f\xc2\x85 forged=1")
end }
