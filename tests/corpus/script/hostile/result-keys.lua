-- expect: result
-- a boolean as name
return { load = function(ctx)
  return { [true] = 1 }
end }
