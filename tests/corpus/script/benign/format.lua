-- Every kind of format item.
return { load = function()
  return {
    d = ("%d|%5d|%-5d|%05d|%+d"):format(1, 2, 3, 4, 5), x = ("%x %X %#x %o"):format(255, 255, 255, 8),
    f = ("%.2f %8.3f %e %g"):format(3.14159, 2.5, 12345.678, 0.0001), s = ("%s|%5s|%-5s|%.2s"):format("a", "b", "c", "defg"),
    c = ("%c%c%c"):format(76, 117, 97), q = ("%q"):format('a "quoted"\n\0text\\'), i = ("%i"):format(3.0),
    percent = ("100%%"):format(), mixed = ("%s %s %s"):format(nil, true, 1.5), a = ("%a"):format(1),
    number = tostring(10 / 2), integer = tostring(7 // 2), big = tostring(2^53), huge = tostring(math.huge),
  }
end }
