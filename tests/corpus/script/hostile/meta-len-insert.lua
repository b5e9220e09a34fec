-- expect: ok
-- __len = 2^62 and the functions that trust it
return { load = function(ctx)
  local t = setmetatable({ 1, 2, 3 }, { __len = function() return 1 << 62 end })
  table.insert(t, 4)
  table.insert(t, 1, 0)
  assert(table.remove(t) == 4)
  assert(table.remove(t, 1) == 0)
  assert(table.concat(t) == "123")
  assert(select("#", table.unpack(t)) == 3)
  table.sort(t)
  return 1
end }
