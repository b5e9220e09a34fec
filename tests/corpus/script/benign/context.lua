-- Data of the page: views read like tables.
return { load = function(ctx)
  local names, total = {}, 0
  for i, item in ipairs(ctx.items) do
    names[i] = item.name .. item.id
    total = total + item.id
  end
  local fields = {}
  for name in pairs(ctx) do fields[#fields + 1] = name end
  local keys = {}
  for i, item in pairs(ctx.items) do keys[i] = next(item) end
  local copy = table.move(ctx.items, 1, #ctx.items, 1, {})
  table.sort(copy, function(a, b) return a.id > b.id end)
  local first = table.unpack(ctx.items)
  return {
    names = names, total = total, n = #ctx.items, title = ctx.title, none = ctx.none == nil, missing = ctx.missing == nil,
    items = ctx.items, first = first, last = ctx.items[#ctx.items], copy = copy, fields = fields, keys = keys, kind = type(ctx.items),
    deep = { list = { ctx.items[1], { again = ctx.items[2] } } },
  }
end }
