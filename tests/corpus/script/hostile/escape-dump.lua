-- expect: failed
-- dump is not offered
return { load = function(ctx)
  return string.dump(function() end)
end }
