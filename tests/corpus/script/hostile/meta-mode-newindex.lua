-- expect: failed
-- the weak metatable that Lua frees twice
return { load = function(ctx)
  for i = 1, 100 do
    local m = setmetatable({ __newindex = {} }, { __mode = "v" })
    setmetatable({}, m)
    pcall(string.rep, "x", 1 << 20)
  end
end }
