-- expect: ok
-- items that are no items
return { load = function(ctx)
  for _, f in ipairs({ "%", "%y", "%10.123d", "%123d", "%.123f", "%0100d", "%5q", "%-#+ 0-#+ 0-#+ 0-#+ 0d", "%ll", "%n", "%ld", "%hs", "%*d", "%1$d" }) do
    assert(not pcall(string.format, f, 1), f)
  end
  assert(not pcall(string.format, "%d", "x"))
  assert(not pcall(string.format, "%d", 1.5))
  assert(not pcall(string.format, "%d"))
  assert(#string.format("%99.99f", -1.7976931348623157e308) == 410)
  return 1
end }
