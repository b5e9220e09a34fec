-- expect: failed
-- a finalizer
return { load = function(ctx)
  setmetatable({}, { __gc = function() while true do end end })
end }
