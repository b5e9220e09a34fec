-- expect: failed
-- too many results
return { load = function(ctx)
  return table.unpack({}, 1, 1 << 24)
end }
