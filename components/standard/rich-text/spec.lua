return {
  { name = "shows the block's own text", shows = { "冬季用电安全", "<strong>插座</strong>", "href=\"/w/home\"" } },
  { name = "shows the record of the address", props = { collection = "news" }, query = { id = "n1" }, data = { news = { { id = "n1", title = "并网新高", body = "第一段", published = "@now-1h", source = "发展部" } } }, shows = { "并网新高", "第一段", "发展部" } },
  { name = "says when the record is gone", props = { collection = "news" }, query = { id = "none" }, data = { news = {} }, shows = "没有找到这篇内容" },
  { name = "lets no script through", props = { text = "<script>alert(1)</script> [x](javascript:alert(1))" }, hides = { "<script>", "javascript:" } },
}
