return {
  { name = "greets by the time of day", now = "2026-11-22T08:10:00+08:00", shows = { "早上好，王芳", "11月22日 星期日" } },
  { name = "greets in English", person = { lang = "en" }, now = "2026-11-22T15:10:00+08:00", shows = { "Good afternoon, Wang Fang", "Sunday 22 Nov" } },
  { name = "counts unread messages", shows = "消息，1 条未读" },
  { name = "shows nothing unread", data = { message = {} }, hides = "class=\"badge\"" },
  { name = "is only a title when asked", props = { greeting = false, search = false, bell = false }, shows = "示例电力", hides = { "早上好", "type=\"search\"", "hero-bell" } },
}
