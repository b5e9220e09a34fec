-- expect: failed
-- a million results
return { load = function(ctx)
  return utf8.codepoint(("x"):rep(1000000), 1, -1)
end }
