-- expect: ok
-- no text shows where a thing lies
return { load = function(ctx)
  local things = { {}, function() end, print, ctx, string, setmetatable({}, {}) }
  for i = 1, 6 do
    local thing = things[i]
    if thing ~= nil then
      for _, text in ipairs({ tostring(thing), string.format("%s", thing), string.format("%-40s", thing) }) do
        assert(not text:find("%d"), text)
      end
    end
  end
  local ok, e = pcall(function() return {} .. "x" end)
  assert(not e:find("0x"), e)
  local ok2, e2 = pcall(function() return {} < {} end)
  assert(not e2:find("0x"), e2)
  return 1
end }
