-- expect: failed
-- a metatable for strings
return { load = function(ctx)
  setmetatable("", { __index = {} })
end }
