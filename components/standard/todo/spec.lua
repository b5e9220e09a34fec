return {
  { name = "shows what is open, the next deadline first", shows = { "220kV 城西变检修申请", "紧急", "李伟 · 运维检修部 · 10 分钟前", "3 天后到期" }, hides = "三季度" },
  { name = "counts each kind", shows = { "待办<span class=\"tab-count\"> 2</span>", "待阅<span class=\"tab-count\"> 1</span>" } },
  { name = "shows another tab by its address", query = { todo = "toread" }, shows = "三季度安全考核结果", hides = "城西变" },
  { name = "keeps to the limit", props = { limit = 1 }, hides = "差旅报销单" },
  { name = "belongs to its person alone", person = { id = "liwei" }, hides = "城西变", shows = "待办都处理完了" },
  { name = "speaks English", person = { lang = "en" }, shows = { "My tasks", "Urgent", "Due in 3 days" } },
}
