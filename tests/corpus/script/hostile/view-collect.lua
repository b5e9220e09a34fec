-- expect: memory|fuel|deadline
-- views that are kept
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = ctx.items end
end }
