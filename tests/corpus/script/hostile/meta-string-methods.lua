-- expect: ok
-- methods of strings cannot be replaced
return { load = function(ctx)
  assert(getmetatable("") == false)
  assert(not pcall(function() string.upper = function() return "poison" end end))
  assert(not pcall(rawset, string, "upper", function() return "poison" end))
  assert(("x"):upper() == "X")
  return 1
end }
