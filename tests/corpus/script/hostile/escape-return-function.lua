-- expect: missing
-- a chunk that returns a function
return function() return 1 end
