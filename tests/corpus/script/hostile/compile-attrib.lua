-- expect: syntax
-- an attribute that does not exist
local x <weak> = 1
