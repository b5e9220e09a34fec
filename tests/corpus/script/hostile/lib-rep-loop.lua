-- expect: memory|fuel|deadline
-- a megabyte again and again
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = ("x"):rep(1000000 + #t) end
end }
