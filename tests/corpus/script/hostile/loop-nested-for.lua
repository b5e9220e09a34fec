-- expect: fuel|deadline
-- the product of small loops
return { load = function(ctx)
  local n = 0
  for a = 1, 1000 do for b = 1, 1000 do for c = 1, 1000 do n = n + 1 end end end
  return n
end }
