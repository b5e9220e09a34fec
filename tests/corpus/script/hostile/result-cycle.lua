-- expect: result
-- a table in itself
return { load = function(ctx)
  local t = {}
  t.t = t
  return t
end }
