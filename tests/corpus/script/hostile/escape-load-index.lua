-- expect: missing
-- a load that only __index knows
return setmetatable({}, { __index = function() while true do end end })
