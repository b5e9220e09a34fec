-- expect: fuel|deadline
-- an endless loop
return { load = function(ctx)
  repeat local x = 1 until x == 2
end }
