-- expect: result
-- a function
return { load = function(ctx)
  return { f = function() end }
end }
