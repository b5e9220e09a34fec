-- expect: memory|fuel|deadline
-- out of memory goes to a handler
return { load = function(ctx)
  xpcall(function() local s = "x" while true do s = s .. s end end, function() while true do end end)
end }
