-- expect: memory|fuel|deadline
-- a table that grows
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = #t end
end }
