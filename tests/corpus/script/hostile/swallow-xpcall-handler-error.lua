-- expect: ok
-- a handler that fails
return { load = function(ctx)
  local ok, e = xpcall(error, function() error("again") end, "x")
  assert(ok == false)
  return 1
end }
