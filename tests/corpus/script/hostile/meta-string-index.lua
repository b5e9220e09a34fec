-- expect: failed
-- the metatable of strings
return { load = function(ctx)
  getmetatable("").__index = function() return function() return "poison" end end
end }
