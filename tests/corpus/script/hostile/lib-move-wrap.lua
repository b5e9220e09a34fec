-- expect: failed
-- a destination that wraps around
return { load = function(ctx)
  return table.move({ 1, 2, 3 }, 1, 3, math.maxinteger)
end }
