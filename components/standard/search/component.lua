-- One field, results by kind: apps, people of the unit, news.
local function plain(value, lang)
  if type(value) == "string" then return value end
  return value and (value[lang] or value.zh) or ""
end

return {
  name = "search",
  title = { zh = "搜索", en = "Search" },
  description = { zh = "搜索应用、同事和新闻", en = "Apps, people and news" },
  icon = "search",
  category = "frame",
  sizes = { default = "wide", min = "full" },
  needs = { "read:app", "read:person", "read:news" },
  props = { type = "object", properties = {
    limit = { type = "integer", minimum = 1, maximum = 20, default = 6, title = { zh = "每类最多几条", en = "At most of each kind" } },
  } },
  load = function(ctx)
    local wanted, lang = (ctx.query.q or ""):lower(), ctx.lang
    if wanted == "" then return { q = "" } end
    local function find(kind, options, fields)
      local found = {}
      options.limit = 500
      for _, record in ipairs(ctx.data.query(kind, options)) do
        for _, field in ipairs(fields) do
          local value = record[field]
          if plain(value, "zh"):lower():find(wanted, 1, true) or plain(value, "en"):lower():find(wanted, 1, true) then
            found[#found + 1] = record
            break
          end
        end
        if #found >= ctx.props.limit then break end
      end
      return found
    end
    local model = {
      q = ctx.query.q, lang = lang,
      apps = find("app", { by = "order", up = true }, { "name" }),
      people = find("person", { up = true }, { "name", "post", "department" }),
      news = find("news", { by = "published", descending = true, up = true, to = ctx.now }, { "title", "summary" }),
    }
    model.any = #model.apps + #model.people + #model.news > 0
    return model
  end,
  example = {
    data = {
      app = { { id = "a", name = { zh = "用电监测", en = "Load monitor" }, icon = "bolt", tone = "violet", link = "/w/app?id=a", order = 1 } },
      person = { { id = "lidian", name = { zh = "李电", en = "Li Dian" }, post = { zh = "调度员", en = "Dispatcher" } } },
      news = { { id = "n", title = { zh = "新能源并网", en = "Renewables" }, published = "@now-1h" } },
    },
  },
}
