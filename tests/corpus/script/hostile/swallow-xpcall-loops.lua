-- expect: fuel|deadline
-- the handler is a loop, too
return { load = function(ctx)
  local function loop() while true do end end
  xpcall(loop, loop)
end }
