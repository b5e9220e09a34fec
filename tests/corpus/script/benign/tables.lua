-- The table library.
return { load = function()
  local t = { 1, 2, 3 }
  table.insert(t, 4)
  table.insert(t, 1, 0)
  local removed = { table.remove(t), table.remove(t, 1), table.remove({}) }
  local packed = table.pack(1, nil, 3)
  local moved = table.move({ 1, 2, 3 }, 1, 3, 3, { 9, 9 })
  local shifted = table.move({ 1, 2, 3, 4 }, 1, 3, 2)
  return {
    t = t, removed = removed, n = packed.n, moved = moved, shifted = shifted,
    joined = table.concat({ 1, "a", 2.5 }, ", "), part = table.concat({ "a", "b", "c" }, "-", 2, 3), none = table.concat({}),
    unpacked = { table.unpack({ 1, 2, 3 }, 2) }, counted = select("#", table.unpack({}, 1, 3)), last = select(-1, 1, 2, 3),
  }
end }
