return {
  { name = "shows value, unit, change and trend", shows = { "8,642", "万千瓦", "▲", "3.2%", "较昨日", "class=\"spark\"" } },
  { name = "speaks English", person = { lang = "en" }, shows = { "Grid load", "vs yesterday", "up" } },
  { name = "measures percentages in points", props = { metric = "r" }, data = { metric = { { id = "r", name = "及时率", unit = "%", value = 98.6, previous = 99.0, decimals = 1 } } },
    shows = { "98.6", "▼", "0.4 个百分点", "delta-poor" } },
  { name = "says when its data are old", data = { metric = { { id = "load", name = "负荷", value = 1, at = "@now-3d" } } }, shows = "数据可能已过时" },
  { name = "says when there is no data", data = { metric = {} }, shows = "这个指标还没有数据" },
}
