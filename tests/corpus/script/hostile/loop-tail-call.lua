-- expect: fuel|deadline
-- a tail call needs no stack
return { load = function(ctx)
  local function f() return f() end
  return f()
end }
