-- nil is a result, too.
return { load = function() end }
