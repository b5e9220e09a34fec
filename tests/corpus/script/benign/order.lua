-- pairs and next give one order.
return { load = function()
  local t = { zeta = 1, alpha = 2, [10] = 3, [2] = 4, [1.5] = 5, [-1] = 6, [true] = 7, [false] = 8, Beta = 9, [""] = 10 }
  local by_pairs, by_next = {}, {}
  for k, v in pairs(t) do by_pairs[#by_pairs + 1] = tostring(k) .. "=" .. v end
  local k, v = next(t)
  while k ~= nil do
    by_next[#by_next + 1] = tostring(k) .. "=" .. v
    k, v = next(t, k)
  end
  local cleared = { a = 1, b = 2, c = 3 }
  local seen = {}
  for key in pairs(cleared) do
    seen[#seen + 1] = key
    cleared[key] = nil
    cleared.b = nil
  end
  local left = {}
  for key in next, { x = 1, y = 2 } do left[#left + 1] = key end
  return { by_pairs = by_pairs, by_next = by_next, seen = seen, empty = next(cleared) == nil, left = left, list = #by_pairs }
end }
