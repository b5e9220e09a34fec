-- expect: fuel|deadline
-- a hundred frames that each catch and go on
return { load = function(ctx)
  local function dive(n)
    if n == 0 then while true do end end
    pcall(dive, n - 1)
    while true do end
  end
  dive(100)
end }
