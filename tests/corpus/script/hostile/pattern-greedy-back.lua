-- expect: fuel|deadline
-- stars in a row
return { load = function(ctx)
  return ("a"):rep(3000):match(".*.*.*.*b")
end }
