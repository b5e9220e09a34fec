-- expect: ok
-- no random numbers
return { load = function(ctx)
  assert(math.random == nil and math.randomseed == nil)
  return math.floor(1.5)
end }
