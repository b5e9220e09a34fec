-- expect: memory|fuel|deadline
-- a metatable each time another
return { load = function(ctx)
  local t = {}
  while true do t[#t + 1] = setmetatable({}, { __index = {} }) end
end }
