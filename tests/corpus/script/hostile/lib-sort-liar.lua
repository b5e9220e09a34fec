-- expect: ok
-- comparisons that contradict each other
return { load = function(ctx)
  local t = {}
  for i = 1, 500 do t[i] = i end
  table.sort(t, function() return true end)
  table.sort(t, function() return false end)
  local flip = false
  table.sort(t, function() flip = not flip return flip end)
  assert(#t == 500)
  local seen = {}
  for _, v in ipairs(t) do seen[v] = true end
  assert(#seen == 500)
  return 1
end }
