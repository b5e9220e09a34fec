-- Pictures that take turns: swiped by scroll-snap, without script, never by themselves.
return {
  name = "banner",
  title = { zh = "横幅轮播", en = "Banner" },
  description = { zh = "左右滑动的大幅图片", en = "Large pictures to swipe through" },
  icon = "photo",
  category = "content",
  sizes = { default = "wide", min = "full" },
  needs = { "read:banner" },
  props = { type = "object", properties = {
    limit = { type = "integer", minimum = 1, maximum = 8, default = 5, title = { zh = "最多几张", en = "At most" } },
  } },
  load = {
    items = { query = "banner", by = "order", up = true, limit = "$props.limit" },
  },
  example = {
    data = { banner = {
      { id = "1", title = { zh = "迎峰度冬 · 保供电", en = "Winter peak, steady power" }, text = { zh = "专项行动部署与值班安排", en = "Plan and duty roster" }, link = "/w/article?id=winter", art = "grid", tone = "blue", order = 1 },
      { id = "2", title = { zh = "安全生产月", en = "Safety month" }, text = { zh = "隐患随手拍", en = "Report a hazard" }, link = "/w/home", art = "shield", tone = "teal", order = 2 },
    } },
  },
}
