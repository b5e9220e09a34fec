-- expect: fuel|deadline
-- a handler that loops on a plain error
return { load = function(ctx)
  xpcall(error, function() while true do end end)
end }
