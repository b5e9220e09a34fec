-- expect: memory|fuel|deadline
-- many operands at once
return { load = function(ctx)
  local s = ("x"):rep(100000)
  local t = {}
  while true do t[#t + 1] = s .. s .. s .. s .. s .. s .. s .. s .. #t end
end }
