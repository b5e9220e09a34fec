-- expect: ok
-- nothing, 2^63 times
return { load = function(ctx)
  assert((""):rep(math.maxinteger) == "")
  assert((""):rep(math.maxinteger, "") == "")
  return 1
end }
