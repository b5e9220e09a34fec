-- expect: ok
-- every malformed pattern is an error
return { load = function(ctx)
  for _, p in ipairs({ "[", "[^", "[a", "[]", "%", "(", ".)", "(()", "%b", "%bx", "%f", "%fa", "%1", "(%1)", "[%", "[a-", "[%a-", "()%2" }) do
    assert(not pcall(string.find, "abc(", p), p)
    pcall(string.gsub, "abc(", p, "%0%1")
    pcall(string.gsub, "abc(", p, {})
  end
  return 1
end }
