-- expect: ok
-- a comparison that changes the table
return { load = function(ctx)
  local t = {}
  for i = 1, 200 do t[i] = 201 - i end
  table.sort(t, function(a, b) t[#t + 1] = 0 t[1] = nil return a < b end)
  local u = { 3, 2, 1 }
  table.sort(u, function(a, b) for i = 1, 3 do u[i] = nil end return a < b end)
  assert(u[1] == 1 and u[2] == 2 and u[3] == 3)
  return 1
end }
