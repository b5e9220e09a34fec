-- A week as a strip of days, and what happens on the chosen one: hers and her units'.
return {
  name = "agenda",
  title = { zh = "日程", en = "Agenda" },
  description = { zh = "一周日历与当天安排", en = "The week, and what the day holds" },
  icon = "calendar",
  category = "work",
  sizes = { default = "full", min = "full" },
  needs = { "read:event" },
  props = { type = "object", properties = {
    title = { ["x-word"] = "title", title = { zh = "标题", en = "Title" } },
    limit = { type = "integer", minimum = 1, maximum = 50, default = 6, title = { zh = "最多几项", en = "At most" } },
    more = { type = "string", format = "uri-reference", default = "/w/agenda", title = { zh = "日程页", en = "Page of the agenda" } },
  } },
  load = function(ctx)
    local time, today = ctx.time, ctx.today
    local chosen = today
    local asked = ctx.query.day
    if asked and asked:find("^%d%d%d%d%-%d%d%-%d%d$") then chosen = time.day(asked) end
    local monday = time.day(chosen, 1 - time.parts(chosen).weekday)
    local events = {}
    local function take(owner, up)
      for _, event in ipairs(ctx.data.query("event", { by = "owner", equals = { owner }, up = up, limit = 200,
                                                       from = monday, to = time.day(monday, 7) })) do
        events[#events + 1] = event
      end
    end
    take(ctx.actor.id, false)
    take("all", true)
    table.sort(events, function(a, b) return a.start < b.start end)
    local days, busy, shown = {}, {}, {}
    for _, event in ipairs(events) do
      local date = time.parts(event.start).date
      busy[date] = true
      if date == time.parts(chosen).date and #shown < ctx.props.limit then
        shown[#shown + 1] = { title = event.title, place = event.place, kind = event.kind or "other",
                              start = event.start, finish = event["end"], unit = event.owner == "all" }
      end
    end
    for i = 0, 6 do
      local moment = time.day(monday, i)
      local parts = time.parts(moment)
      days[i + 1] = { date = parts.date, day = parts.day, weekday = parts.weekday, moment = moment,
                      chosen = moment == chosen, today = moment == today, busy = busy[parts.date] or false }
    end
    return { days = days, events = shown, chosen = chosen,
             before = time.parts(time.day(monday, -7)).date, after = time.parts(time.day(monday, 7)).date }
  end,
  example = {
    data = { event = {
      { id = "1", owner = "wangfang", title = { zh = "调度早会", en = "Dispatch briefing" }, start = "@day 09:30", ["end"] = "@day 10:00", place = { zh = "3 楼会议室", en = "Room 3" }, kind = "meeting" },
      { id = "2", owner = "all", title = { zh = "安全日活动", en = "Safety day" }, start = "@day 14:00", kind = "training" },
    } },
  },
}
