-- The head of a workbench: unit, greeting, search, bell.
local function part_of_day(hour)
  if hour < 5 or hour >= 22 then return "night" end
  if hour < 11 then return "morning" end
  if hour < 13 then return "noon" end
  if hour < 18 then return "afternoon" end
  return "evening"
end

return {
  name = "hero",
  title = { zh = "页头", en = "Head" },
  description = { zh = "单位名称、问候、搜索和消息提醒", en = "Unit, greeting, search and messages" },
  icon = "home",
  category = "frame",
  sizes = { default = "wide", min = "wide" },
  needs = { "read:message" },
  props = { type = "object", properties = {
    title = { title = { zh = "标题", en = "Title" }, description = { zh = "不填则显示单位简称", en = "The unit's short name when empty" } },
    greeting = { type = "boolean", default = true, title = { zh = "显示问候", en = "Greet" } },
    search = { type = "boolean", default = true, title = { zh = "显示搜索", en = "Search" } },
    bell = { type = "boolean", default = true, title = { zh = "显示消息", en = "Messages" } },
    messages = { type = "string", format = "uri-reference", default = "/w/messages", title = { zh = "消息页", en = "Page of messages" } },
    results = { type = "string", format = "uri-reference", default = "/w/search", title = { zh = "搜索页", en = "Page of results" } },
  } },
  load = function(ctx)
    local props = ctx.props
    local model = { title = props.title or ctx.tenant.short or ctx.tenant.name }
    if props.greeting then
      model.part = part_of_day(ctx.time.parts(ctx.hour).hour)
      model.name = ctx.actor.name
      model.post = ctx.actor.post
      model.today = ctx.today
    end
    if props.bell then
      model.unread = ctx.data.count("message", { by = "unread", equals = { ctx.actor.id, true } })
    end
    return model
  end,
  example = {
    data = { message = {
      { id = "1", recipient = "wangfang", title = { zh = "会议改期", en = "Meeting moved" }, at = "@now-10m", unread = true },
    } },
  },
}
