-- expect: fuel|deadline
-- the empty pattern over a long text
return { load = function(ctx)
  local s = ("x"):rep(900000)
  while true do s:gsub("", "") end
end }
