-- expect: fuel|deadline
-- gmatch that finds nothing for long
return { load = function(ctx)
  for _ in ("a"):rep(200000):gmatch(".-b") do end
end }
