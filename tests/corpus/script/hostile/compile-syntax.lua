-- expect: syntax
-- no Lua at all
this is not Lua
