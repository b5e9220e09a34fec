-- expect: ok
-- nothing of the script runs while its result is read
return { load = function(ctx)
  local function trap() while true do end end
  local m = { __index = trap, __len = trap, __pairs = trap, __tostring = trap, __eq = trap, __lt = trap, __call = trap, __newindex = trap }
  return { a = setmetatable({ x = 1 }, m), b = setmetatable({ 1, 2 }, m), c = setmetatable({}, m) }
end }
