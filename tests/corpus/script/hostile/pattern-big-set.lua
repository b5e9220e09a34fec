-- expect: fuel|deadline
-- a set of thousands of members at each byte
return { load = function(ctx)
  local set = "[" .. ("%d"):rep(5000) .. "]"
  return ("x"):rep(200000):find(set)
end }
