-- expect: ok
-- every way to write into a library
return { load = function(ctx)
  local function poison() return "poison" end
  for _, lib in ipairs({ string, table, math, utf8 }) do
    assert(getmetatable(lib) == false)
    assert(not pcall(function() lib.x = 1 end))
    assert(not pcall(rawset, lib, "x", 1))
    assert(not pcall(setmetatable, lib, nil))
    assert(not pcall(table.insert, lib, poison))
    assert(not pcall(table.move, { poison }, 1, 1, 1, lib))
    assert(not pcall(table.sort, lib))
    assert(not pcall(table.remove, lib))
    assert(lib.x == nil and lib[1] == nil)
  end
  return 1
end }
