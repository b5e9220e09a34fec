return {
  { name = "shows who I am", shows = { "王芳", "客户经理", "示例电力" } },
  { name = "marks what I chose", person = { scheme = "dark" }, shows = "value=\"dark\" checked", hides = "value=\"light\" checked" },
  { name = "speaks English", person = { lang = "en" }, shows = { "Wang Fang", "Sign out" } },
}
