-- expect: complex
-- a to-be-closed variable
return { load = function(ctx)
  local x <close> = nil
  return 1
end }
