-- expect: fuel|deadline
-- the kill comes in a replacement
return { load = function(ctx)
  while true do pcall(string.gsub, "abc", ".", function() while true do end end) end
end }
