-- expect: ok|failed|memory|fuel|deadline
-- pcall as __call
return { load = function(ctx)
  local t = setmetatable({}, { __call = pcall })
  return { t(t, t) }
end }
