-- expect: result
-- bytes that are no text
return { load = function(ctx)
  return { s = "\xff" }
end }
