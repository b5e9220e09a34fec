-- expect: result
-- half a surrogate pair
return { load = function(ctx)
  return "\xed\xa0\x80"
end }
