-- expect: fuel|deadline
-- a loop as long as integers go
return { load = function(ctx)
  for i = math.mininteger, math.maxinteger do end
end }
