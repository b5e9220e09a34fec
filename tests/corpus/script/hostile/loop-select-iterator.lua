-- expect: fuel|deadline
-- a library function as endless iterator
return { load = function(ctx)
  for _ in function() return select(1, 1) end do end
end }
