-- expect: text
-- not UTF-8
return { load = function() return "é" end }
