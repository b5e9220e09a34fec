-- expect: failed
-- writing to a view
return { load = function(ctx)
  ctx.x = 1
end }
