-- expect: failed|memory|fuel|deadline|ok
-- a recursion through handlers
return { load = function(ctx)
  local function f() return (xpcall(error, f)) end
  return { f() }
end }
