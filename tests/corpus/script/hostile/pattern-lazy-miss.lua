-- expect: fuel|deadline
-- '.-b' over a text without b
return { load = function(ctx)
  return ("a"):rep(200000):find(".-b")
end }
