-- expect: result
-- a list with a gap
return { load = function(ctx)
  return { [1] = 1, [3] = 3 }
end }
