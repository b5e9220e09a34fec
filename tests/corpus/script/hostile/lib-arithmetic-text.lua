-- expect: failed
-- texts do no arithmetic
return { load = function(ctx)
  return "1" + 1
end }
