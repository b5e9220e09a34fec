-- expect: failed
-- a metatable for the environment
return { load = function(ctx)
  setmetatable(_ENV, { __index = function() return 1 end })
end }
