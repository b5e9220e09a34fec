-- expect: failed
-- an error text that claims a line
return { load = function(ctx)
  error("forged.lua:99999999999999999999: x", 0)
end }
