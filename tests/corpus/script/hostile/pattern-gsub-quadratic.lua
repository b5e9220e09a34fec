-- expect: fuel|deadline
-- a quadratic trim
return { load = function(ctx)
  return ((" "):rep(100000) .. "x"):gsub("^(.-)%s*$", "%1"):gsub("%s+$", "")
end }
