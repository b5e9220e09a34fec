-- One line that must not be missed: the newest notice that is still valid.
return {
  name = "notice-bar",
  title = { zh = "通知栏", en = "Notice" },
  description = { zh = "一行重要通知", en = "One line that must not be missed" },
  icon = "speakerphone",
  category = "content",
  sizes = { default = "wide", min = "full" },
  needs = { "read:notice" },
  props = { type = "object", properties = {
    more = { type = "string", format = "uri-reference", default = "/w/notices", title = { zh = "更多通知", en = "Page of notices" } },
  } },
  load = function(ctx)
    local now = ctx.now
    for _, notice in ipairs(ctx.data.query("notice", { by = "published", descending = true, up = true, to = now, limit = 20 })) do
      if not notice["until"] or notice["until"] > now then
        return { notice = notice }
      end
    end
    return {}
  end,
  example = {
    data = { notice = {
      { id = "1", title = { zh = "寒潮黄色预警，请各单位做好防冻准备", en = "Cold wave warning: prepare for frost" }, level = "warn", published = "@now-2h", ["until"] = "@day+1 18:00", link = "/w/notice?id=1" },
    } },
  },
}
