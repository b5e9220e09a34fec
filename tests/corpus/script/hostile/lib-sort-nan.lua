-- expect: ok
-- numbers that are not less than any
return { load = function(ctx)
  local t = { 3, 0 / 0, 1, 0 / 0, 2 }
  table.sort(t)
  assert(#t == 5)
  return 1
end }
