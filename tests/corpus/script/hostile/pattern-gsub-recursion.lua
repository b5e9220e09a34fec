-- expect: failed|fuel|deadline|memory
-- a replacement that replaces
return { load = function(ctx)
  local function f(s) return (s:gsub(".", f)) end
  return f("ab")
end }
