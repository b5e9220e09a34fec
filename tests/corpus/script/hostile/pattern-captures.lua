-- expect: failed
-- more captures than there may be
return { load = function(ctx)
  return ("a"):rep(100):match(("(a)"):rep(33))
end }
