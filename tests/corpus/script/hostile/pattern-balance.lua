-- expect: fuel|deadline
-- '%b()' over open brackets
return { load = function(ctx)
  return ("("):rep(200000):find("%b()")
end }
