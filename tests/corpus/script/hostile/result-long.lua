-- expect: output
-- a text that is too long
return { load = function(ctx)
  return ("x"):rep(600000)
end }
