-- expect: ok
-- a constant is no to-be-closed variable
local x <const> = 1
return { load = function() return x end }
