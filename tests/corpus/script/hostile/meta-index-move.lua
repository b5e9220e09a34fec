-- expect: fuel|deadline
-- __index that would feed move for ever
return { load = function(ctx)
  local t = setmetatable({}, { __index = function() return 1 end })
  return table.move(t, 1, math.maxinteger - 1, 1, {})
end }
