-- expect: fuel|deadline
-- a polynomial of the fifth degree
return { load = function(ctx)
  return ("a"):rep(2000):match("(.-)(.-)(.-)(.-)b")
end }
