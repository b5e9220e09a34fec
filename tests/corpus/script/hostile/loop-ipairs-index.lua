-- expect: fuel|deadline
-- ipairs over a table that always has one more
return { load = function(ctx)
  local t = setmetatable({}, { __index = function(_, i) return i end })
  for _ in ipairs(t) do end
end }
