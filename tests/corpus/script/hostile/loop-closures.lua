-- expect: fuel|deadline
-- an endless loop of garbage
return { load = function(ctx)
  while true do local f = function() return f end end
end }
