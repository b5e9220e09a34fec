-- Empty tables, and results that are no tables, inside a list.
return { load = function() return { {}, "", 0, false, 1.25, "\u{1F469}", { a = {} }, -0.5, "a\0b" } end }
