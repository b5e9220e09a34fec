-- expect: complex
-- a to-be-closed variable deep inside
return { load = function(ctx)
  return (function() for i = 1, 2 do local x <close> = nil end return 1 end)()
end }
