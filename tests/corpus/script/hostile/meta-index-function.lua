-- expect: fuel|deadline
-- __index that asks for the next field
return { load = function(ctx)
  local t = setmetatable({}, { __index = function(t, k) return k end })
  local k = 1
  while true do k = t[k + 1] end
end }
