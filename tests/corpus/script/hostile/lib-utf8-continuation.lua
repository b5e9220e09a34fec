-- expect: fuel|deadline
-- a megabyte of continuation bytes
return { load = function(ctx)
  local s = ("\x80"):rep(1000000)
  while true do pcall(function() for _ in utf8.codes("a" .. s) do end end) end
end }
