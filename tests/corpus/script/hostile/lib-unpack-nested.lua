-- expect: failed|memory|fuel|deadline
-- results on results on the stack
return { load = function(ctx)
  local t = {}
  for i = 1, 10000 do t[i] = i end
  local function f(n, ...) return f(n + 1, table.unpack(t)) + 1 end
  return f(1)
end }
