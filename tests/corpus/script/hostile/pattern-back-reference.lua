-- expect: fuel|deadline
-- long captures compared again and again
return { load = function(ctx)
  return ("a"):rep(20000):find("(.-)(.-)%1%2b")
end }
