-- expect: fuel|deadline
-- long texts that differ in their last byte
return { load = function(ctx)
  local t = {}
  for i = 1, 7 do t[i] = ("x"):rep(900000) .. i end
  while true do table.sort(t) end
end }
