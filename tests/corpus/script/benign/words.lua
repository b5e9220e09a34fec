-- Text: splitting, counting, trimming, templates, patterns.
local function split(s, mark)
  local parts = {}
  for part in (s .. mark):gmatch("(.-)" .. mark:gsub("%p", "%%%0")) do parts[#parts + 1] = part end
  return parts
end
local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end

return { load = function()
  local text = "the quick brown fox jumps over the lazy dog the end"
  local count = {}
  for word in text:gmatch("%a+") do count[word] = (count[word] or 0) + 1 end
  local filled = ("Hello {name}, you are {age}; {nothing}"):gsub("{(%w+)}", { name = "Ann", age = 41 })
  local doubled, n = ("abc"):gsub("%w", "%0%0")
  return {
    count = count, parts = split("a.b..c", "."), trimmed = trim("  x y \t\n"),
    filled = filled, doubled = doubled, n = n,
    swapped = (("hello world"):gsub("(%w+) (%w+)", "%2 %1")),
    capital = (("hello world"):gsub("%f[%a]%l", string.upper)),
    key = { ("size = 10"):match("^(%w+)%s*=%s*(%d+)$") },
    place = { ("hello"):find("l+") }, plain = { ("a.b"):find(".", 1, true) },
    nested = ("f(a(b)c)d"):match("%b()"), date = { ("2026-11-22"):match("(%d+)-(%d+)-(%d+)") },
    positions = { ("abc"):match("()b()") },
  }
end }
