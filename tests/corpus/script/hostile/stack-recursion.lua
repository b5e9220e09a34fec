-- expect: failed|memory|fuel|deadline
-- a recursion without end
return { load = function(ctx)
  local function f() return 1 + f() end
  return f()
end }
