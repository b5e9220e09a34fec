-- expect: failed
-- a replacement that is no text
return { load = function(ctx)
  return ("abc"):gsub(".", function() return {} end)
end }
