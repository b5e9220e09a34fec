-- expect: syntax
-- a text that does not end
return [==[
