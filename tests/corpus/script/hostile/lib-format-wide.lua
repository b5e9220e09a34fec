-- expect: failed
-- a width of three digits
return { load = function(ctx)
  return string.format("%1000d", 1)
end }
