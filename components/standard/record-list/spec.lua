return {
  { name = "shows the chosen members", shows = { "最新消息", "会议改期", "改到周三下午 · 20 分钟前", "class=\"dot\"", "工单已派" } },
  { name = "asks for another's records in vain", person = { id = "liwei" }, shows = "没有内容" },
  { name = "leads to a page of one record", props = { collection = "message", page = "/w/one", up = false }, shows = "/w/one?id=1" },
  { name = "says so in words of its own", props = { collection = "message", by = "recipient", equals = "nobody", nothing = "收件箱是空的" }, shows = "收件箱是空的" },
}
