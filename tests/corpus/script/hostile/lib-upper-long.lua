-- expect: fuel|deadline
-- a megabyte of letters, for ever
return { load = function(ctx)
  local s = ("x"):rep(1000000)
  while true do s:upper() s:lower() s:reverse() end
end }
