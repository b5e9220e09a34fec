-- expect: ok
-- texts that are no text
return { load = function(ctx)
  for _, s in ipairs({ "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xbd", "\x80" }) do
    assert(utf8.len(s) == nil)
    assert(not pcall(utf8.codepoint, s))
  end
  assert(not pcall(utf8.char, -1) and not pcall(utf8.char, 1 << 31))
  assert(not pcall(utf8.codepoint, "abc", 4) and not pcall(utf8.len, "abc", 5))
  assert(not pcall(utf8.offset, "abc", 1, 5) and not pcall(utf8.offset, "é", 1, 2))
  return 1
end }
