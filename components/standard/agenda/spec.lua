return {
  { name = "shows today's events, hers and the unit's", shows = { "09:30", "调度早会", "至 10:00 · 3 楼会议室", "安全日活动", "单位日程" } },
  { name = "marks the chosen day and those with events", shows = { "aria-current=\"date\"", "11月22日 星期日，今天，有安排" } },
  { name = "shows another day by its address", query = { day = "2026-11-23" }, shows = { "这一天没有安排", "?day=2026-11-23" } },
  { name = "takes nonsense for today", query = { day = "<script>" }, shows = "调度早会" },
  { name = "speaks English", person = { lang = "en" }, shows = { "Dispatch briefing", "22 Nov Sunday, today" } },
}
