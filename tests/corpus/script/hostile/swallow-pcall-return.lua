-- expect: fuel|deadline
-- pcall catches the kill and the script returns
return { load = function(ctx)
  local ok, e = pcall(function() while true do end end)
  return { ok, tostring(e) }
end }
