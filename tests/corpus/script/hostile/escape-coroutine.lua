-- expect: failed
-- coroutines are not offered
return { load = function(ctx)
  return coroutine.wrap(function() while true do end end)()
end }
