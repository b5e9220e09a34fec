-- expect: memory
-- out of memory is caught and the script returns
return { load = function(ctx)
  local t = {}
  local ok = pcall(function() while true do t[#t + 1] = ("x"):rep(500000) .. #t end end)
  t = nil
  return { ok = ok }
end }
