-- News of the unit and those above it, newest first.
return {
  name = "news-list",
  title = { zh = "新闻列表", en = "News" },
  description = { zh = "公司动态，带插图", en = "Company news with pictures" },
  icon = "news",
  category = "content",
  sizes = { default = "full", min = "full" },
  needs = { "read:news" },
  props = { type = "object", properties = {
    title = { ["x-word"] = "title", title = { zh = "标题", en = "Title" } },
    category = { type = "string", title = { zh = "栏目", en = "Category" }, description = { zh = "不填则显示全部", en = "All when empty" } },
    limit = { type = "integer", minimum = 1, maximum = 50, default = 4, title = { zh = "条数", en = "How many" } },
    pictures = { type = "boolean", default = true, title = { zh = "显示插图", en = "Show pictures" } },
    page = { type = "string", format = "uri-reference", default = "/w/news", title = { zh = "新闻页", en = "Page of one news" } },
    more = { type = "string", format = "uri-reference", default = "/w/news-all", title = { zh = "更多新闻页", en = "Page of all news" } },
  } },
  load = function(ctx)
    local props = ctx.props
    local options = { by = "published", descending = true, up = true, to = ctx.now, limit = props.limit }
    if props.category and props.category ~= "" then
      options.by, options.equals = "category", { props.category }
    end
    return { items = ctx.data.query("news", options) }
  end,
  example = {
    props = { limit = 3 },
    data = { news = {
      { id = "1", title = { zh = "数字化班组建设现场会召开", en = "Meeting on digital crews" }, source = { zh = "党建部", en = "Party affairs" }, published = "@now-2h", art = "people", tone = "blue", category = "company" },
      { id = "2", title = { zh = "新能源并网容量再创新高", en = "Renewables reach a new high" }, source = { zh = "发展部", en = "Planning" }, published = "@now-1d", art = "turbine", tone = "green", category = "technology" },
    } },
  },
}
