return {
  { name = "shows the chosen members", shows = { "最新消息", "会议改期", "改到周三下午 · 20 分钟前", "class=\"dot\"", "工单已派" } },
  { name = "asks for another's records in vain", person = { id = "liwei" }, shows = "没有内容" },
  { name = "leads to a page of one record", props = { collection = "message", page = "/w/one", up = false }, shows = "/w/one?id=1" },
  { name = "says so in words of its own", props = { collection = "message", by = "recipient", equals = "nobody", nothing = "收件箱是空的" }, shows = "收件箱是空的" },
  { name = "finds what its filter says", props = { collection = "message", up = false, filter = { by = "recipient", descending = true, where = { { field = "recipient", is = "$actor.id" }, { field = "at", from = "$now.minute", to = "$now.day+7" } } } },
    data = { message = {
      { id = "1", recipient = "wangfang", title = "刚才", at = "@now-20m", unread = true }, { id = "2", recipient = "wangfang", title = "后天", at = "@day+2", unread = true },
      { id = "3", recipient = "wangfang", title = "下月", at = "@day+30", unread = true }, { id = "4", recipient = "liwei", title = "别人", at = "@day+2", unread = true } } },
    shows = "后天", hides = { "刚才", "下月", "别人" } },
  { name = "narrows by a second field", props = { collection = "message", up = false, filter = { by = "unread", where = { { field = "recipient", is = "$actor.id" }, { field = "unread", is = true } } } },
    shows = "会议改期", hides = "工单已派" },
  { name = "orders alone", props = { collection = "person", field = "name", up = false, filter = { by = "name" } }, hides = "对不上" },
  { name = "takes the filter in place of what is older", props = { collection = "message", by = "recipient", equals = "nobody", up = false, filter = { by = "recipient", where = { { field = "recipient", is = "wangfang" } } } }, shows = "工单已派" },
  { name = "says that there is no such index", props = { collection = "message", filter = { by = "gone" } }, shows = "对不上", hides = { "工单已派", "没有内容" } },
  { name = "says that a value does not fit", props = { collection = "message", filter = { by = "unread", where = { { field = "recipient", is = "$actor.id" }, { field = "unread", is = "yes" } } } }, shows = "对不上" },
  { name = "says that it lacks a first field", props = { collection = "message", filter = { by = "recipient" } }, person = { lang = "en" }, shows = "does not fit its data" },
}
