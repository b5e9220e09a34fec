-- expect: memory|fuel|deadline
-- an endless loop of fresh strings
return { load = function(ctx)
  local i = 0
  while true do i = i + 1 local s = "x" .. i end
end }
