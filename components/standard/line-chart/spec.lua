return {
  { name = "draws what the table says", shows = { "<svg class=\"chart chart-line\"", "<table class=\"chart-table\"", "8,642" } },
  { name = "speaks English", person = { lang = "en" }, shows = { "Load today", "Show as a table" } },
  { name = "says when there is no data", data = { metric = {} }, shows = "这张图还没有数据" },
}
