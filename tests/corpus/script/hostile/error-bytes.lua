-- expect: failed
-- an error text that is no text
return { load = function(ctx)
  error("\xff\xfe\x80")
end }
