-- expect: fuel|deadline
-- counting a megabyte, for ever
return { load = function(ctx)
  local s = ("é"):rep(500000)
  while true do utf8.len(s) end
end }
