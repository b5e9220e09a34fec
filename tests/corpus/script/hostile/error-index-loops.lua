-- expect: failed
-- an error whose fields never end
return { load = function(ctx)
  error(setmetatable({}, { __index = function() while true do end end, __eq = function() while true do end end }))
end }
