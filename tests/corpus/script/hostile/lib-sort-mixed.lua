-- expect: failed
-- a number and a text
return { load = function(ctx)
  table.sort({ 1, "a", 2 })
end }
