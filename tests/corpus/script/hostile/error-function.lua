-- expect: failed
-- an error that is a function
return { load = function(ctx)
  error(function() while true do end end)
end }
