-- expect: ok
-- a replacement that fails half way leaves nothing behind
return { load = function(ctx)
  for i = 1, 200 do
    local ok = pcall(string.gsub, ("abc"):rep(1000), "c", function() if i then error("x") end end)
    assert(not ok)
  end
  assert(("abc"):gsub("b", "x") == "axc")
  return 1
end }
