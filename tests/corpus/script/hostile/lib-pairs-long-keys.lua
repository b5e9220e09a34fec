-- expect: fuel|deadline
-- keys that differ in their last byte
return { load = function(ctx)
  local t = {}
  for i = 1, 7 do t[("x"):rep(900000) .. i] = i end
  while true do for _ in pairs(t) do end end
end }
