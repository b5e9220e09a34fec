-- expect: ok
-- reading a view with odd keys
return { load = function(ctx)
  for _, k in ipairs({ "", "nothing", 1, 0, -1, math.maxinteger, math.mininteger, 1.5, true, ctx, print, {} }) do
    assert(ctx[k] == nil)
  end
  for _, k in ipairs({ 0, -1, math.maxinteger, math.mininteger, 1e300, -1e300, 0 / 0, "1", "name" }) do
    assert(ctx.items[k] == nil)
  end
  return 1
end }
