-- expect: fuel|deadline
-- a number of a million digits
return { load = function(ctx)
  local s = ("1"):rep(1000000)
  while true do assert(tonumber(s) == nil and tonumber(s, 10) == nil) end
end }
