-- expect: memory|fuel|deadline
-- a replacement that builds while it builds
return { load = function(ctx)
  local s = ("x"):rep(1000)
  return s:gsub("x", function() return (s:gsub("x", s)) end)
end }
