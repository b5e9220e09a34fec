-- expect: failed
-- the fourth value of a generic for
return { load = function(ctx)
  for _ in pairs, {}, nil, setmetatable({}, { __index = {} }) do end
end }
