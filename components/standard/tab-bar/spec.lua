return {
  { name = "leads to every page", shows = { "首页", "/w/agenda", "我的", "，1 条未读" } },
  { name = "marks the page it is on", props = { items = { { page = "example", icon = "home", label = "此页" }, { page = "b", icon = "user", label = "那页" } } },
    shows = "href=\"/w/example\" aria-current=\"page\"", hides = "href=\"/w/b\" aria-current" },
}
