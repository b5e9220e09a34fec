-- expect: failed
-- an error whose __tostring never ends
return { load = function(ctx)
  error(setmetatable({}, { __tostring = function() while true do end end }))
end }
