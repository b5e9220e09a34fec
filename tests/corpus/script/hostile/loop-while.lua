-- expect: fuel|deadline
-- an endless loop
return { load = function(ctx)
  while true do end
end }
