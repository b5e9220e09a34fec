-- expect: fuel|deadline
-- each read walks 1900 tables
return { load = function(ctx)
  local t = { last = 1 }
  for i = 1, 1900 do t = setmetatable({}, { __index = t }) end
  local n = 0
  while true do n = n + t.last end
end }
