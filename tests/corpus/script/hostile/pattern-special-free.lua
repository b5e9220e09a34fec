-- expect: fuel|deadline
-- a search without specials at its worst
return { load = function(ctx)
  local s, p = ("a"):rep(500000), ("a"):rep(250000) .. "b"
  while true do s:find(p) end
end }
