-- expect: fuel|deadline
-- walking a megabyte, for ever
return { load = function(ctx)
  local s = ("é"):rep(500000)
  while true do utf8.offset(s, 499999) end
end }
