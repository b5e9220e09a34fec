-- expect: failed
-- a weak table
return { load = function(ctx)
  setmetatable({}, { __mode = "k" })
end }
