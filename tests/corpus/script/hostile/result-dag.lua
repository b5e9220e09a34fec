-- expect: output|fuel|deadline
-- a small table that is 2^30 values
return { load = function(ctx)
  local t = { 1 }
  for i = 1, 30 do t = { t, t } end
  return t
end }
