-- expect: failed|memory|fuel|deadline
-- a recursion through sort
return { load = function(ctx)
  local function f() table.sort({ 1, 2, 3 }, f) end
  f()
end }
