-- expect: fuel|deadline
-- an iterator that never ends
return { load = function(ctx)
  for _ in function() return 1 end do end
end }
