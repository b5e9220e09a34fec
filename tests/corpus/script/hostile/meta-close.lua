-- expect: failed
-- __close
return { load = function(ctx)
  setmetatable({}, { __close = function() while true do end end })
end }
