-- expect: memory|fuel|deadline
-- living just under the limit
return { load = function(ctx)
  local keep = {}
  for i = 1, 7 do keep[i] = ("x"):rep(1000000) .. i end
  while true do local s = ("y"):rep(500000) .. #keep end
end }
