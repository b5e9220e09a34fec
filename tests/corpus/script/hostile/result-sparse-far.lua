-- expect: result
-- a list with a far end
return { load = function(ctx)
  return { [math.maxinteger] = 1 }
end }
