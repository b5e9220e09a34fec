-- Sorting by several fields, stably; and by default.
return { load = function()
  local people = {
    { name = "Ann", age = 30 }, { name = "Bob", age = 25 }, { name = "Cid", age = 30 }, { name = "Dan", age = 25 },
  }
  table.sort(people, function(a, b) return a.age < b.age end)
  local names = {}
  for i, p in ipairs(people) do names[i] = p.name end
  local numbers = { 5, 2.5, -1, 10, 3 }
  table.sort(numbers)
  local words = { "pear", "Apple", "fig", "apple", "" }
  table.sort(words)
  local down = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 }
  table.sort(down, function(a, b) return a > b end)
  return { names = table.concat(names, " "), numbers = numbers, words = words, down = down, empty = #({}) }
end }
