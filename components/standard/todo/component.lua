-- What waits for a person, in three tabs that are plain links.
local tabs = { "open", "toread", "done" }

-- Her own task; whose it is decides who may do something with it.
local function own(ctx, id)
  local task = ctx.data.get("task", id)
  if not task or task.assignee ~= ctx.actor.id then
    ctx.fail("gone", { zh = "这项待办已不在您名下", en = "This task is no longer yours" })
  end
  return task
end

local which = { type = "object", required = { "id" }, additionalProperties = false,
                properties = { id = { type = "string", maxLength = 64 } } }

return {
  name = "todo",
  title = { zh = "我的待办", en = "My tasks" },
  description = { zh = "待办、待阅、已办", en = "To do, to read, done" },
  icon = "checklist",
  category = "work",
  sizes = { default = "full", min = "full" },
  needs = { "read:task", "write:task" },
  props = { type = "object", properties = {
    title = { ["x-word"] = "title", title = { zh = "标题", en = "Title" } },
    limit = { type = "integer", minimum = 1, maximum = 50, default = 4, title = { zh = "条数", en = "How many" } },
    more = { type = "string", format = "uri-reference", default = "/w/todo", title = { zh = "全部待办页", en = "Page of all tasks" } },
  } },
  load = function(ctx)
    local me, props = ctx.actor.id, ctx.props
    local chosen, counts = ctx.query.todo, {}
    if chosen ~= "toread" and chosen ~= "done" then chosen = "open" end
    for _, state in ipairs(tabs) do
      if state ~= "done" then
        counts[state] = ctx.data.count("task", { by = "assignee", equals = { me, state } })
      end
    end
    return {
      chosen = chosen,
      counts = counts,
      items = ctx.data.query("task", { by = "assignee", equals = { me, chosen }, limit = props.limit,
                                       descending = chosen == "done" }),
    }
  end,
  actions = {
    done = { title = { zh = "办结", en = "Mark as done" }, input = which, run = function(ctx, input)
      if own(ctx, input.id).state ~= "done" then ctx.data.patch("task", input.id, { state = "done" }) end
    end },
    undo = { title = { zh = "撤回", en = "Bring back" }, input = which, run = function(ctx, input)
      if own(ctx, input.id).state == "done" then ctx.data.patch("task", input.id, { state = "open" }) end
    end },
  },
  example = {
    props = { limit = 4 },
    data = { task = {
      { id = "1", title = { zh = "220kV 城西变检修申请", en = "220 kV West substation: maintenance request" }, assignee = "wangfang", state = "open", urgency = "urgent",
        from = { zh = "李伟", en = "Li Wei" }, department = { zh = "运维检修部", en = "Operations" }, created = "@now-10m", due = "@day 18:00", link = "/w/todo" },
      { id = "2", title = { zh = "差旅报销单 BX-20261107", en = "Travel expenses BX-20261107" }, assignee = "wangfang", state = "open", urgency = "normal",
        from = { zh = "王芳", en = "Wang Fang" }, department = { zh = "财务部", en = "Finance" }, created = "@now-2h", due = "@day+3", link = "/w/todo" },
      { id = "3", title = { zh = "三季度安全考核结果", en = "Safety results, third quarter" }, assignee = "wangfang", state = "toread", created = "@now-1d" },
    } },
  },
}
