-- Blocks behind tabs. The chosen tab is part of the address, so it needs no script and can be
-- sent to a colleague.
return {
  name = "tabs",
  title = { zh = "标签页", en = "Tabs" },
  description = { zh = "用标签切换几组组件", en = "Components behind tabs" },
  icon = "tags",
  category = "frame",
  sizes = { default = "wide", min = "full" },
  props = { type = "object", required = { "tabs" }, properties = {
    tabs = { type = "array", minItems = 1, maxItems = 8, ["x-regions"] = true, title = { zh = "标签", en = "Tabs" }, items = {
      type = "object", required = { "id", "title" }, properties = {
        id = { type = "string", pattern = "^[a-z0-9-]+$", title = { zh = "编号", en = "Id" } },
        title = { title = { zh = "标题", en = "Title" } } } } },
  } },
  load = function(ctx)
    local asked, tabs = ctx.query[ctx.block], ctx.props.tabs
    local chosen = tabs[1].id
    for _, tab in ipairs(tabs) do
      if tab.id == asked then chosen = asked end
    end
    return { chosen = chosen }
  end,
  example = { props = { tabs = { { id = "one", title = { zh = "生产", en = "Production" } }, { id = "two", title = { zh = "营销", en = "Marketing" } } } } },
}
