-- expect: ok
-- every way to write to a view
return { load = function(ctx)
  for _, f in ipairs({ rawset, table.insert, table.remove, table.sort, setmetatable }) do
    assert(not pcall(f, ctx, "x", 1))
    assert(not pcall(f, ctx, {}))
  end
  assert(not pcall(table.move, { 1 }, 1, 1, 1, ctx))
  assert(not pcall(rawget, ctx, "x") and not pcall(rawlen, ctx))
  return 1
end }
