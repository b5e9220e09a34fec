-- expect: fuel|deadline
-- walking a view for ever
return { load = function(ctx)
  while true do for _, item in ipairs(ctx.items) do local x = item.name end for _ in pairs(ctx) do end end
end }
