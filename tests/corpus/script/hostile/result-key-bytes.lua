-- expect: result
-- a name that is no text
return { load = function(ctx)
  return { ["\xff"] = 1 }
end }
