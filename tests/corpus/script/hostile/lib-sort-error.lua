-- expect: ok
-- a comparison that fails leaves the table as it was
return { load = function(ctx)
  local t = { 5, 4, 3, 2, 1 }
  local n = 0
  assert(not pcall(table.sort, t, function(a, b) n = n + 1 if n == 4 then error("x") end return a < b end))
  assert(table.concat(t) == "54321")
  return 1
end }
