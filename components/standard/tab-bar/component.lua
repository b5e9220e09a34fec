-- The way round: a bar at the bottom on a phone, at the side on a desk.
return {
  name = "tab-bar",
  title = { zh = "底部导航", en = "Tab bar" },
  description = { zh = "在页面之间切换", en = "From page to page" },
  icon = "layout-grid",
  category = "frame",
  sizes = { default = "wide", min = "wide" },
  needs = { "read:message" },
  props = { type = "object", properties = {
    items = { type = "array", minItems = 2, maxItems = 5, title = { zh = "导航项", en = "Items" },
      default = {
        { page = "home", icon = "home", label = { zh = "首页", en = "Home" } },
        { page = "messages", icon = "mail", label = { zh = "消息", en = "Messages" }, badge = "message" },
        { page = "apps", icon = "layout-grid", label = { zh = "应用", en = "Apps" } },
        { page = "agenda", icon = "calendar", label = { zh = "日程", en = "Agenda" } },
        { page = "me", icon = "user", label = { zh = "我的", en = "Me" } },
      },
      items = { type = "object", required = { "page", "icon", "label" }, properties = {
        page = { type = "string", title = { zh = "页面", en = "Page" } },
        icon = { type = "string", format = "icon", title = { zh = "图标", en = "Icon" } },
        label = { title = { zh = "文字", en = "Label" } },
        badge = { enum = { "message" }, title = { zh = "角标", en = "Badge" } } } } },
  } },
  load = {
    page = "$page.name",
    unread = { count = "message", by = "unread", equals = { "$actor.id", true } },
  },
  example = { data = { message = { { id = "1", recipient = "wangfang", title = "x", at = "@now", unread = true } } } },
}
