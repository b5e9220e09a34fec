-- A small reader of comma separated values, and a summary of them.
local function rows(text)
  local out = {}
  for line in text:gmatch("[^\n]+") do
    local row, at = {}, 1
    while at <= #line do
      if line:sub(at, at) == '"' then
        local closing = line:find('"', at + 1, true)
        row[#row + 1] = line:sub(at + 1, closing - 1)
        at = closing + 2
      else
        local comma = line:find(",", at, true) or #line + 1
        row[#row + 1] = line:sub(at, comma - 1)
        at = comma + 1
      end
    end
    out[#out + 1] = row
  end
  return out
end

return { load = function()
  local table_of = rows('city,people\n"Lund, Skåne",94000\nOslo,700000\n')
  local total = 0
  for i = 2, #table_of do total = total + tonumber(table_of[i][2]) end
  return { rows = table_of, total = total }
end }
