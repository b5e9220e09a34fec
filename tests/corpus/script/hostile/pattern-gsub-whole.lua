-- expect: memory|fuel|deadline
-- %0%0 doubles
return { load = function(ctx)
  local s = "x"
  while true do s = s:gsub(".+", "%0%0") end
end }
