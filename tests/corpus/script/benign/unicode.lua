-- The utf8 library.
return { load = function()
  local s = "拼板 é!"
  local points, chars = {}, {}
  for at, point in utf8.codes(s) do points[#points + 1] = at chars[#chars + 1] = utf8.char(point) end
  return {
    length = utf8.len(s), bytes = #s, points = points, chars = chars, second = s:sub(utf8.offset(s, 2), utf8.offset(s, 3) - 1),
    codes = { utf8.codepoint(s, 1, -1) }, bad = select(2, utf8.len("a\xff")), last = utf8.offset(s, -1),
    first = s:match(utf8.charpattern), upper = ("aé"):upper(),
  }
end }
