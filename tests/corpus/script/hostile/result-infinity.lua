-- expect: result
-- infinity
return { load = function(ctx)
  return math.huge
end }
