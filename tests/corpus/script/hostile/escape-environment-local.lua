-- expect: ok
-- an environment of its own
local _ENV = { setmetatable = setmetatable }
return { load = function() x = 1 return x end }
