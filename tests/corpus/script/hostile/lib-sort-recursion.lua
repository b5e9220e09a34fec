-- expect: failed|fuel|deadline|memory
-- a comparison that sorts
return { load = function(ctx)
  local function cmp(a, b) table.sort({ 2, 1 }, cmp) return a < b end
  table.sort({ 2, 1 }, cmp)
end }
