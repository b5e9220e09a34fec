-- expect: missing
-- a load that can be called but is no function
return { load = setmetatable({}, { __call = function() while true do end end }) }
