-- expect: failed
-- too deep a recursion
return { load = function(ctx)
  return ("a"):rep(1000):match(("(a"):rep(30) .. ("a?"):rep(400))
end }
