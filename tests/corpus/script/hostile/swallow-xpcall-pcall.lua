-- expect: fuel|deadline
-- handlers in handlers
return { load = function(ctx)
  local function loop() while true do end end
  xpcall(loop, function() pcall(loop) xpcall(loop, loop) end)
end }
