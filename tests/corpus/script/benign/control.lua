-- goto, nested loops, break, repeat, integer and float loops, shadowing.
return { load = function()
  local odd, grid, down, halves = {}, {}, {}, {}
  for i = 1, 9 do
    if i % 2 == 0 then goto continue end
    odd[#odd + 1] = i
    ::continue::
  end
  for y = 1, 3 do
    grid[y] = {}
    for x = 1, 3 do
      if x > y then break end
      grid[y][x] = x * y
    end
  end
  for i = 3, 1, -1 do down[#down + 1] = i end
  for i = 0, 1, 0.25 do halves[#halves + 1] = i end
  local n = 0
  repeat local done = n >= 3 n = n + 1 until done
  local x <const> = 10
  do local x = 5 n = n + x end
  return { odd = odd, grid = grid, down = down, halves = halves, n = n, x = x }
end }
