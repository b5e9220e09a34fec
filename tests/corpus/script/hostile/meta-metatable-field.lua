-- expect: ok
-- __metatable hides and protects
return { load = function(ctx)
  local t = setmetatable({}, { __metatable = "locked" })
  assert(getmetatable(t) == "locked")
  assert(not pcall(setmetatable, t, {}))
  assert(not pcall(setmetatable, t, nil))
  return 1
end }
