-- expect: memory|fuel|deadline
-- texts that are kept
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = "text number " .. #t end
end }
