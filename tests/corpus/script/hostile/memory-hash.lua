-- expect: memory|fuel|deadline
-- a table of names that grows
return { load = function(ctx)
  local t, i = {}, 0
  while true do i = i + 1 t["k" .. i] = i end
end }
