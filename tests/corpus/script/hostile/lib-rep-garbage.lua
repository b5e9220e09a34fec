-- expect: fuel|deadline
-- a megabyte of garbage again and again
return { load = function(ctx)
  while true do local s = ("x"):rep(900000) end
end }
