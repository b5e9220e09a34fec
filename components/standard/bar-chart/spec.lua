return {
  { name = "draws what the table says", shows = { "<svg class=\"chart chart-bar\"", "<table class=\"chart-table\"", "9.6" } },
  { name = "speaks English", person = { lang = "en" }, shows = { "Energy sold", "Show as a table" } },
  { name = "says when there is no data", data = { metric = {} }, shows = "这张图还没有数据" },
}
