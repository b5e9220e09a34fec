return {
  { name = "shows every picture with its text", shows = { "迎峰度冬 · 保供电", "隐患随手拍", "1 / 2" } },
  { name = "is nothing without pictures", data = { banner = {} }, hides = "banner-track" },
  { name = "keeps a strange address out", data = { banner = { { id = "1", title = "x", link = "javascript:alert(1)" } } }, hides = "javascript" },
}
