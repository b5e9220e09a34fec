-- expect: ok
-- zero bytes in subject and pattern
return { load = function(ctx)
  assert(("a\0b\0"):find("%z") == 2)
  assert(("a\0b"):match("[\0]b") == "\0b")
  assert(("a\0b"):gsub("\0", "\0\0") == "a\0\0b")
  assert(("\0\0"):find("%b\0\0") == 1)
  return 1
end }
