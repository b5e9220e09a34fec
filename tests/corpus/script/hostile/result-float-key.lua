-- expect: result
-- a fraction as index
return { load = function(ctx)
  return { 1, [1.5] = 2 }
end }
