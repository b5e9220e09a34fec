-- expect: fuel|deadline
-- a megabyte less a byte, for ever
return { load = function(ctx)
  local s = ("x"):rep(1000000)
  while true do s:sub(2) end
end }
