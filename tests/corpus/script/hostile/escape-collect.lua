-- expect: failed
-- collectgarbage is not offered
return { load = function(ctx)
  collectgarbage("stop")
end }
