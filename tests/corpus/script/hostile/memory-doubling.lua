-- expect: memory
-- a text doubled until it does not fit
return { load = function(ctx)
  local s = "x"
  while true do s = s .. s end
end }
