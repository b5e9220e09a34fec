return {
  { name = "shows tiles in order, and all at the end", shows = { "审批", "考勤打卡", "全部" } },
  { name = "says what waits, for eyes and ears", shows = { ">1</span>", "，1 条待处理" } },
  { name = "keeps to a category", props = { category = "production", more = "" }, shows = "用电监测", hides = { "审批", "全部" } },
  { name = "puts what is pinned first, and leaves out what is gone", props = { limit = 2, more = "", pinned = { "load", "gone", "load", "mail" } }, shows = { "用电监测", "公文" }, hides = { "审批", "考勤打卡" } },
  { name = "says when there is nothing", data = { app = {} }, shows = "还没有可用的应用" },
}
