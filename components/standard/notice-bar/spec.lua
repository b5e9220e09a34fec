return {
  { name = "shows the newest valid notice", shows = { "寒潮黄色预警", "notice-warn" } },
  { name = "passes over what has run out", data = { notice = {
      { id = "1", title = "旧", published = "@now-3d", ["until"] = "@now-1d" },
      { id = "2", title = "仍有效", published = "@now-4d" } } }, shows = "仍有效", hides = "旧" },
  { name = "does not show what is to come", data = { notice = { { id = "1", title = "未到", published = "@now+1h" } } }, hides = "未到" },
  { name = "is nothing without a notice", data = { notice = {} }, hides = "notice-bar" },
}
