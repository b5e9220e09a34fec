-- expect: fuel|deadline
-- quoting a long text, for ever
return { load = function(ctx)
  local s = ("\0"):rep(200000)
  while true do string.format("%q", s) end
end }
