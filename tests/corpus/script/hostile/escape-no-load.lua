-- expect: missing
-- no load at all
return { name = "x" }
