-- expect: fuel|deadline
-- ('a?')^n a^n takes 2^n steps
return { load = function(ctx)
  local n = 30
  return ("a"):rep(n):match(("a?"):rep(n) .. ("a"):rep(n))
end }
