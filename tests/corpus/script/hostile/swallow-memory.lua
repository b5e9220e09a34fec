-- expect: memory|fuel|deadline
-- out of memory is caught and tried again
return { load = function(ctx)
  while true do pcall(function() local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end end) end
end }
