-- Apps as coloured tiles; a number on a tile says how much waits there.
-- What is pinned first, then the others up to the limit.
local function pinned_first(ctx, others)
  local items, taken = {}, {}
  for _, id in ipairs(ctx.props.pinned) do
    local app = not taken[id] and ctx.data.get("app", id, { up = true })
    if app then
      taken[id] = true
      items[#items + 1] = app
    end
  end
  for _, app in ipairs(others) do
    if #items >= ctx.props.limit then break end
    if not taken[app.id] then items[#items + 1] = app end
  end
  return items
end

return {
  name = "app-grid",
  title = { zh = "应用宫格", en = "Apps" },
  description = { zh = "常用应用入口，带待处理数", en = "Ways into apps, with what waits there" },
  icon = "layout-grid",
  category = "apps",
  sizes = { default = "full", min = "full" },
  needs = { "read:app", "read:task", "read:message" },
  props = { type = "object", properties = {
    title = { ["x-word"] = "title", title = { zh = "标题", en = "Title" } },
    category = { type = "string", title = { zh = "分类", en = "Category" }, description = { zh = "不填则显示全部分类", en = "All categories when empty" } },
    limit = { type = "integer", minimum = 1, maximum = 60, default = 7, title = { zh = "最多几个", en = "At most" } },
    pinned = { type = "array", maxItems = 30, items = { type = "string", maxLength = 64 }, ["x-personal"] = true, ["x-record"] = "app",
      title = { zh = "常用", en = "Favourites" }, description = { zh = "排在最前，员工可自选", en = "Come first; people choose their own" } },
    more = { type = "string", format = "uri-reference", default = "/w/apps", title = { zh = "全部应用页", en = "Page of all apps" } },
  } },
  load = function(ctx)
    local props = ctx.props
    local options = { by = "order", up = true, limit = props.limit }
    if props.category and props.category ~= "" then
      options.by = "category"
      options.equals = { props.category }
    end
    local items = ctx.data.query("app", options)
    if props.pinned and #props.pinned > 0 then items = pinned_first(ctx, items) end
    local counts = {}
    for _, app in ipairs(items) do
      local kind = app.badge
      if kind == "task" and not counts.task then
        counts.task = ctx.data.count("task", { by = "assignee", equals = { ctx.actor.id, "open" } })
      elseif kind == "message" and not counts.message then
        counts.message = ctx.data.count("message", { by = "unread", equals = { ctx.actor.id, true } })
      end
    end
    return { items = items, counts = next(counts) and counts or nil }
  end,
  example = {
    props = { limit = 7 },
    data = {
      app = {
        { id = "approve", name = { zh = "审批", en = "Approvals" }, icon = "checklist", tone = "blue", link = "/w/todo", order = 1, category = "office", badge = "task" },
        { id = "attend", name = { zh = "考勤打卡", en = "Attendance" }, icon = "clock", tone = "teal", link = "/w/app?id=attend", order = 2, category = "office" },
        { id = "mail", name = { zh = "公文", en = "Documents" }, icon = "mail", tone = "orange", link = "/w/messages", order = 3, category = "office" },
        { id = "load", name = { zh = "用电监测", en = "Load monitor" }, icon = "bolt", tone = "violet", link = "/w/app?id=load", order = 4, category = "production" },
      },
      task = { { id = "1", title = "x", assignee = "wangfang", state = "open" } },
    },
  },
}
