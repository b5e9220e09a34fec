-- expect: failed|memory|fuel|deadline
-- arguments that pile up
return { load = function(ctx)
  local function f(...) return f(1, ...) end
  return f()
end }
