-- expect: result
-- an error of the host as result
return { load = function(ctx)
  local ok, e = pcall(function() return keep({ print }) end)
  return { e = function() end }
end }
