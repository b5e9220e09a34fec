-- expect: fuel|deadline
-- a loop to infinity
return { load = function(ctx)
  for i = 1, math.huge do end
end }
