-- expect: result
-- not a number
return { load = function(ctx)
  return { 0 / 0 }
end }
