-- expect: ok
-- globals set by one call are gone in the next
return { load = function(ctx)
  assert(canary_leak == nil)
  canary_leak = { ctx }
  pcall, string, type, pairs, assert = nil, nil, nil, nil, function() end
  return 1
end }
