-- expect: result
-- a list with names
return { load = function(ctx)
  return { 1, 2, x = 3 }
end }
