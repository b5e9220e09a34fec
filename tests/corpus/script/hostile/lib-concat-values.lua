-- expect: failed
-- a table in the list
return { load = function(ctx)
  return table.concat({ 1, {}, 3 })
end }
