-- expect: fuel|deadline
-- a frontier over a big set
return { load = function(ctx)
  local set = "%f[" .. ("%d"):rep(20000) .. "]"
  return ("x"):rep(50000):find(set)
end }
