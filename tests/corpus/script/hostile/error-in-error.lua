-- expect: failed
-- an error with a field that does not exist
return { load = function(ctx)
  local x = nil
  error(x.y.z)
end }
