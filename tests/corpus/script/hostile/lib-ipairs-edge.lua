-- expect: ok
-- ipairs at the largest index
return { load = function(ctx)
  local step = ipairs({})
  assert(step({}, math.maxinteger) == nil)
  assert(not pcall(step, {}, 1.5) and not pcall(step, {}))
  return 1
end }
