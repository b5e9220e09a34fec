-- expect: fuel|deadline
-- pcall catches the kill, again and again
return { load = function(ctx)
  while true do pcall(function() while true do end end) end
end }
