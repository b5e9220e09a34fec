return {
  { name = "shows the newest first", shows = { "数字化班组建设现场会召开", "党建部 · 2 小时前", "发展部 · 昨天", "/w/news?id=1" } },
  { name = "keeps to a category", props = { category = "technology" }, shows = "新能源", hides = "数字化班组" },
  { name = "does without pictures", props = { pictures = false }, hides = "<svg viewBox=\"0 0 160 100\"" },
  { name = "does not show what is to come", data = { news = { { id = "9", title = "未来", published = "@now+1d" } } }, shows = "还没有新闻" },
}
