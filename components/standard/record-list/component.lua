-- Any collection as a list: which member is the title, which the text below, which the mark.

-- The filter, or what stands in its place on pages that are older than it.
local function options_of(ctx)
  local p, filter = ctx.props, ctx.props.filter
  local options = { up = p.up, limit = p.limit }
  if filter then
    options.by, options.where, options.descending = filter.by, filter.where, filter.descending
    return options
  end
  options.descending = p.descending
  if p.by and p.by ~= "" then options.by = p.by end
  if p.equals and p.equals ~= "" then options.equals = { p.equals == "me" and ctx.actor.id or p.equals } end
  return options
end

-- A filter that does not fit its collection is said on the card; anything else is an error.
local misfits = { ["scope.index"] = true, ["scope.where"] = true, ["store.query"] = true }

local function find(ctx)
  local fine, found = pcall(ctx.data.query, ctx.props.collection, options_of(ctx))
  if fine then return found end
  if not misfits[found.code] then error(found, 0) end
end

return {
  name = "record-list",
  title = { zh = "数据列表", en = "Record list" },
  description = { zh = "把任何集合显示为列表", en = "Any collection as a list" },
  icon = "list-details",
  category = "data",
  sizes = { default = "full", min = "full" },
  needs = { "read:*" },
  props = { type = "object", required = { "collection" }, ["x-groups"] = {
    { title = { zh = "选哪些记录", en = "Which records" }, properties = { "filter", "by", "equals", "descending", "up", "limit" } },
    { title = { zh = "每条显示什么", en = "What each shows" }, properties = { "field", "text", "time", "mark", "dot", "icon", "avatar" } },
    { title = { zh = "去处与空白", en = "Links, and when empty" }, properties = { "page", "link", "more", "nothing" } },
  }, properties = {
    title = { ["x-word"] = "title", title = { zh = "标题", en = "Title" } },
    collection = { type = "string", ["x-query"] = "collection", title = { zh = "集合", en = "Collection" } },
    filter = { type = "object", ["x-query"] = "filter", title = { zh = "筛选与排序", en = "Filter and order" }, properties = {
      by = { type = "string" }, descending = { type = "boolean" },
      where = { type = "array", maxItems = 4, items = { type = "object", required = { "field" }, properties = { field = { type = "string" } } } },
    } },
    by = { type = "string", ["x-query"] = "index", title = { zh = "索引", en = "Index" }, description = { zh = "按哪个索引排序；不填则按编号", en = "The index that orders; by id when empty" } },
    equals = { type = "string", ["x-query"] = "value", title = { zh = "等于", en = "Equals" }, description = { zh = "索引首个字段的值；me 表示当前人员", en = "Value of the index's first field; me means who looks" } },
    descending = { type = "boolean", ["x-query"] = "descending", default = false, title = { zh = "倒序", en = "Descending" } },
    up = { type = "boolean", default = true, title = { zh = "包含上级单位", en = "Units above too" } },
    limit = { type = "integer", minimum = 1, maximum = 100, default = 5, title = { zh = "条数", en = "How many" } },
    field = { type = "string", ["x-query"] = "member", default = "title", title = { zh = "标题字段", en = "Member for the title" } },
    text = { type = "string", ["x-query"] = "member", title = { zh = "说明字段", en = "Member for the text" } },
    time = { type = "string", ["x-query"] = "member", title = { zh = "时间字段", en = "Member for the time" } },
    mark = { type = "string", ["x-query"] = "member", title = { zh = "标记字段", en = "Member for the mark" } },
    dot = { type = "string", ["x-query"] = "member", title = { zh = "未读字段", en = "Member for the dot" } },
    icon = { type = "string", ["x-query"] = "member", title = { zh = "图标字段", en = "Member for the icon" } },
    link = { type = "string", ["x-query"] = "member", title = { zh = "地址字段", en = "Member for the address" } },
    page = { type = "string", format = "uri-reference", title = { zh = "详情页", en = "Page of one record" } },
    avatar = { type = "boolean", default = false, title = { zh = "显示头像", en = "Avatars" } },
    more = { type = "string", format = "uri-reference", title = { zh = "更多页", en = "Page of all" } },
    nothing = { ["x-word"] = "nothing", title = { zh = "空白提示", en = "When empty" } },
  } },
  load = function(ctx)
    local p = ctx.props
    local function has(name) return p[name] and p[name] ~= "" end
    local records, items = find(ctx), {}
    for i, record in ipairs(records or {}) do
      items[i] = {
        title = record[p.field], id = record.id,
        text = has("text") and record[p.text] or nil, time = has("time") and record[p.time] or nil,
        mark = has("mark") and record[p.mark] or nil, dot = has("dot") and record[p.dot] == true or nil,
        icon = has("icon") and record[p.icon] or nil, link = has("link") and record[p.link] or nil,
        tone = record.tone,
      }
    end
    return { items = items, misfit = not records }
  end,
  example = {
    props = { collection = "message", by = "recipient", equals = "me", descending = true, up = false, text = "text", time = "at", dot = "unread", title = { zh = "最新消息", en = "Messages" } },
    data = { message = {
      { id = "1", recipient = "wangfang", title = { zh = "会议改期", en = "Meeting moved" }, text = { zh = "改到周三下午", en = "Now on Wednesday afternoon" }, at = "@now-20m", unread = true },
      { id = "2", recipient = "wangfang", title = { zh = "工单已派", en = "Order assigned" }, at = "@now-3h", unread = false },
    } },
  },
}
