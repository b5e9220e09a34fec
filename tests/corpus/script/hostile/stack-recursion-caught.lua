-- expect: fuel|deadline
-- overflowing again and again
return { load = function(ctx)
  local function f() return 1 + f() end
  local function g() return pcall(g) end
  while true do g() end
end }
