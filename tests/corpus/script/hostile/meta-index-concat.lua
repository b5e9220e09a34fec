-- expect: failed
-- __index that would feed concat for ever
return { load = function(ctx)
  local t = setmetatable({}, { __index = function() return "x" end })
  return table.concat(t, "", 1, math.maxinteger)
end }
