-- expect: fuel|deadline
-- '%s+$' over a long run of blanks
return { load = function(ctx)
  return (((" "):rep(200000)) .. "x"):find("%s+$")
end }
