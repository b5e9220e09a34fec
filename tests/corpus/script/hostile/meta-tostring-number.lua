-- expect: failed
-- __tostring that gives no string
return { load = function(ctx)
  return tostring(setmetatable({}, { __tostring = function() return 1 end }))
end }
