-- expect: output
-- a list that is too long
return { load = function(ctx)
  local t = {}
  for i = 1, 60000 do t[i] = i * 1.5 end
  return { t, t }
end }
