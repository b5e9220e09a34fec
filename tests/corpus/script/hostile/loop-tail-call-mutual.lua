-- expect: fuel|deadline
-- two functions that call each other
return { load = function(ctx)
  local f, g
  f = function() return g() end
  g = function() return f() end
  return f()
end }
