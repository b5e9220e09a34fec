-- expect: fuel|deadline
-- an endless loop
return { load = function(ctx)
  ::again:: goto again
end }
