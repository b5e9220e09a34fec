return {
  { name = "asks for a word", shows = "输入应用、姓名或关键词" },
  { name = "finds by part of a word, in every kind", query = { q = "电" }, shows = { "用电监测", "李电" }, hides = "新能源并网" },
  { name = "finds in English too", query = { q = "renew" }, person = { lang = "en" }, shows = "Renewables" },
  { name = "says when nothing is found", query = { q = "<b>无</b>" }, shows = "没有找到“&lt;b&gt;无&lt;/b&gt;”", hides = "<b>无" },
}
