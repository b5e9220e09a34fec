-- expect: memory|fuel|deadline
-- a long separator many times
return { load = function(ctx)
  local t = {}
  for i = 1, 5000 do t[i] = "x" end
  return #table.concat(t, ("y"):rep(100000))
end }
