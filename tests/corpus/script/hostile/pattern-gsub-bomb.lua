-- expect: memory|fuel|deadline
-- each match is replaced by a long text
return { load = function(ctx)
  local s = ("x"):rep(1000)
  for i = 1, 10 do s = s:gsub("x", ("x"):rep(1000)) end
  return #s
end }
