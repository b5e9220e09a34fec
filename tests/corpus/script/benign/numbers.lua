-- Integers, floats, bits, conversions.
return { load = function()
  return {
    divide = { 7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 / 2, 6 / 2 }, power = 2 ^ 10, bits = { 5 & 3, 5 | 3, 5 ~ 3, ~0, 1 << 4, 256 >> 4 },
    kinds = { math.type(1), math.type(1.0), tostring(math.type("1")) }, floor = { math.floor(-1.5), math.ceil(-1.5), math.abs(-3), math.fmod(7, 3) },
    most = { math.max(1, 5, 3), math.min(4, 2, 8) }, edges = { math.maxinteger, math.mininteger, math.maxinteger + 1 == math.mininteger },
    read = { tonumber("10"), tonumber("0x1F"), tonumber("  7.5  "), tonumber("1e2"), tonumber("z", 36), tonumber("101", 2), tonumber("x") or "none", tonumber("") or "none" },
    whole = { 3.0, 1e15, 2 ^ 53 }, integer = { math.tointeger(3.0), math.tointeger(3.5) or "none" }, compare = { 1 == 1.0, 1 < 1.5, "a" < "b" },
  }
end }
