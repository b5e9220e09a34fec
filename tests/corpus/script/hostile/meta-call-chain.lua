-- expect: failed
-- a chain of __call
return { load = function(ctx)
  local f = function() return 1 end
  local o = f
  for i = 1, 100 do o = setmetatable({}, { __call = o }) end
  return o()
end }
