-- expect: failed
-- __concat, that Lua 5.4.4 of Debian follows into freed memory
return { load = function(ctx)
  local mt = {}
  local function grow(n) if n > 0 then return 1 + grow(n - 1) end return 0 end
  mt.__concat = function(a, b) grow(2000) return "x" end
  local o = setmetatable({}, mt)
  return "a" .. "b" .. o .. "c" .. "d" .. o
end }
