return {
  { name = "shows every part with its share", shows = { "火电", "4,300", "50%", "8,642", "chart-donut" } },
  { name = "bears a whole of nothing", data = { metric = { { id = "mix", name = "x", value = 0, parts = { { name = "a", value = 0 } } } } }, shows = "0%" },
  { name = "says when there is no data", data = { metric = {} }, shows = "这张图还没有数据" },
}
