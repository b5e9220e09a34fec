-- Values written as text, recursively, and memoised functions.
local function write(v)
  if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end
  local parts = {}
  for k, item in pairs(v) do parts[#parts + 1] = "[" .. write(k) .. "]=" .. write(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end
local function memo(f)
  local known = setmetatable({}, { __index = function(t, k) local v = f(k) rawset(t, k, v) return v end })
  return function(k) return known[k] end
end

return { load = function()
  local calls = 0
  local slow = memo(function(n) calls = calls + 1 return n * n end)
  local values = { slow(3), slow(3), slow(4) }
  return { text = write({ 1, "two", { x = 1.5, y = { true } }, z = "q" }), values = values, calls = calls }
end }
