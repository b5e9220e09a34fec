-- Metamethods of arithmetic, comparison, length, call and index.
local V = {}
V.__index = V
V.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, V) end
V.__sub = function(a, b) return setmetatable({ x = a.x - b.x, y = a.y - b.y }, V) end
V.__mul = function(a, k) return setmetatable({ x = a.x * k, y = a.y * k }, V) end
V.__unm = function(a) return a * -1 end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end
V.__lt = function(a, b) return a:length() < b:length() end
V.__le = function(a, b) return a:length() <= b:length() end
V.__len = function() return 2 end
V.__call = function(a, k) return a[k] end
function V:length() return math.sqrt(self.x ^ 2 + self.y ^ 2) end
local function vec(x, y) return setmetatable({ x = x, y = y }, V) end

return { load = function()
  local a, b = vec(3, 4), vec(6, 8)
  return {
    sum = a + b, difference = b - a, twice = a * 2, minus = -a,
    equal = a + a == b, less = a < b, not_more = b <= a, size = #a, called = a("x"), length = b:length(),
  }
end }
