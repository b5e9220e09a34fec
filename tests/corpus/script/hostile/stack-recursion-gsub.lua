-- expect: failed|memory|fuel|deadline
-- a recursion through gsub
return { load = function(ctx)
  local function f() return (("x"):gsub("x", f)) end
  return f()
end }
