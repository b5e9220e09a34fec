-- expect: failed
-- a metatable for a library
return { load = function(ctx)
  setmetatable(string, { __index = function() return 1 end })
end }
