-- expect: ok|failed|memory|fuel|deadline
-- errors while an overflow is handled
return { load = function(ctx)
  local function deep() return pcall(deep) end
  local function handler(e) return xpcall(deep, handler) end
  xpcall(deep, handler)
  return 1
end }
