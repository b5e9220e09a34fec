-- expect: memory|fuel|deadline
-- long texts that are kept
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = ("x"):rep(4000) .. #t end
end }
