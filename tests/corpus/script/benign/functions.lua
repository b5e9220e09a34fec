-- Closures, recursion, varargs, tail calls.
local function counter()
  local n = 0
  return function() n = n + 1 return n end
end
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (select(i, ...) or 0) end
  return total
end
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
local function map(list, f)
  local out = {}
  for i, v in ipairs(list) do out[i] = f(v) end
  return out
end

return { load = function()
  local a, b = counter(), counter()
  a() a()
  return { a = a(), b = b(), fib = fib(16), sum = sum(1, nil, 3), deep = loop(20000, 0), squares = map({ 1, 2, 3 }, function(x) return x * x end) }
end }
