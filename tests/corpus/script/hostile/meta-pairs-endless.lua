-- expect: fuel|deadline
-- __pairs that never ends
return { load = function(ctx)
  for _ in pairs(setmetatable({}, { __pairs = function(t) return function() return 1, 1 end, t end })) do end
end }
