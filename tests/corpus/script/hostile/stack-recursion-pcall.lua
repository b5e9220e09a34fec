-- expect: ok|failed|memory|fuel|deadline
-- a recursion through pcall
return { load = function(ctx)
  local function f() return pcall(f) end
  return { f() }
end }
