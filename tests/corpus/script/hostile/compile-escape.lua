-- expect: syntax
-- an escape outside of Unicode
return "\u{FFFFFFFFFF}"
