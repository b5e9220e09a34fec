-- expect: memory|fuel|deadline
-- functions that are kept
return { load = function(ctx)
  local t = {}
  while true do local x = #t t[#t + 1] = function() return x end end
end }
