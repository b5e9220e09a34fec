-- Classes, inheritance, methods, tostring.
local Shape = {}
Shape.__index = Shape
Shape.__tostring = function(self) return self.kind .. "(" .. self:area() .. ")" end

function Shape.new(kind) return setmetatable({ kind = kind }, Shape) end
function Shape:area() return 0 end
function Shape:describe() return tostring(self) end

local Square = setmetatable({}, { __index = Shape })
Square.__index = Square
Square.__tostring = Shape.__tostring

function Square.new(side)
  local self = setmetatable(Shape.new("square"), Square)
  self.side = side
  return self
end
function Square:area() return self.side * self.side end

return { load = function(ctx)
  local shapes = { Shape.new("point"), Square.new(3), Square.new(4) }
  local said = {}
  for i, shape in ipairs(shapes) do said[i] = shape:describe() end
  return { said = said, same = getmetatable(shapes[2]) == Square, n = #shapes }
end }
