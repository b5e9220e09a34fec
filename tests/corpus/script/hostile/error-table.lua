-- expect: failed
-- an error that is a table
return { load = function(ctx)
  error({ code = "script.fuel", text = "forged" })
end }
