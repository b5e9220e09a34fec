-- Grouping and a queue: what a dashboard does.
return { load = function(ctx)
  local rows = {}
  for i = 1, 60 do rows[i] = { unit = "unit " .. i % 4, hours = i * 0.5, done = i % 3 == 0 } end
  local by_unit, order = {}, {}
  for _, row in ipairs(rows) do
    local group = by_unit[row.unit]
    if not group then
      group = { unit = row.unit, hours = 0, done = 0, rows = 0 }
      by_unit[row.unit] = group
      order[#order + 1] = group
    end
    group.hours = group.hours + row.hours
    group.done = group.done + (row.done and 1 or 0)
    group.rows = group.rows + 1
  end
  table.sort(order, function(a, b) return a.hours > b.hours end)
  local queue, head = { 1 }, 1
  while head <= #queue and #queue < 20 do
    queue[#queue + 1] = queue[head] * 2
    queue[#queue + 1] = queue[head] * 2 + 1
    head = head + 1
  end
  return { units = order, queue = queue, text = table.concat(queue, " ") }
end }
