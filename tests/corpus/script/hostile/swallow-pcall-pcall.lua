-- expect: fuel|deadline
-- pcall of pcall of pcall
return { load = function(ctx)
  local loop = function() while true do end end
  for i = 1, 100 do pcall(pcall, pcall, loop) end
end }
