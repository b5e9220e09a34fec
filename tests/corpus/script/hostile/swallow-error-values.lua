-- expect: fuel|deadline
-- pcall in a loop, error values of every kind
return { load = function(ctx)
  while true do
    pcall(error)
    pcall(error, {})
    pcall(error, print)
    pcall(error, 1)
  end
end }
