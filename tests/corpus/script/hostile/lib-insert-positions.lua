-- expect: ok
-- positions outside
return { load = function(ctx)
  for _, at in ipairs({ 0, 5, -1, math.maxinteger, math.mininteger }) do
    assert(not pcall(table.insert, { 1, 2, 3 }, at, 9))
    assert(not pcall(table.remove, { 1, 2, 3 }, at) or at == 0 and false)
  end
  assert(not pcall(table.insert, { 1 }))
  assert(not pcall(table.insert, { 1 }, 1, 2, 3))
  assert(table.remove({}) == nil and table.remove({}, 0) == nil and table.remove({}, 1) == nil)
  return 1
end }
