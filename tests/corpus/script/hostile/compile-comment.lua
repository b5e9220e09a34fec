-- expect: syntax
-- a comment that does not end
--[==[
return {}
