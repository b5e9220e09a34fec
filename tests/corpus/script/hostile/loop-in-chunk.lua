-- expect: fuel|deadline
-- the loop runs before load is even found
while true do end
return { load = function() return 1 end }
