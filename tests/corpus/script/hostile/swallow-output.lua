-- expect: output
-- the result is too large, and nobody can catch that
return { load = function(ctx)
  local t = {}
  for i = 1, 2000 do t[i] = ("x"):rep(1000) end
  return t
end }
