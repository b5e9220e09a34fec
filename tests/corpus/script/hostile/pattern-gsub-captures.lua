-- expect: fuel|deadline
-- a template of thousands of captures
return { load = function(ctx)
  local t = ("%1"):rep(50000)
  while true do pcall(string.gsub, ("ab"):rep(10), "(a)", t) end
end }
