-- pcall, xpcall, error values, assert.
return { load = function()
  local function fails(e) error(e, 0) end
  local a = { pcall(fails, "plain") }
  local b = { pcall(fails, { code = 7 }) }
  local c = { xpcall(fails, function(e) return "handled " .. e end, "this") }
  local d = { pcall(assert, false, "assertion") }
  local e = { pcall(assert, 1, 2) }
  local f = { xpcall(function(...) return ... end, error, 1, 2) }
  local nested = { pcall(pcall, error, "x") }
  local rethrown = { pcall(function() local ok, m = pcall(fails, "inner") error("outer of " .. m, 0) end) }
  return { a = a, b = b, c = c, d = d, e = e, f = f, nested = nested, rethrown = rethrown, line = (select(2, pcall(function() local x = nil return x.y end)):gsub("^.-:", "")) }
end }
