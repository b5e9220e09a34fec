-- expect: failed
-- an address
return { load = function(ctx)
  return string.format("%p", {})
end }
