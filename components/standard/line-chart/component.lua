-- A metric's series as lines.
return {
  name = "line-chart",
  title = { zh = "折线图", en = "Line chart" },
  description = { zh = "指标随时间的变化", en = "How a metric moves" },
  icon = "chart-line",
  category = "figures",
  sizes = { default = "full", min = "full" },
  needs = { "read:metric" },
  props = { type = "object", required = { "metric" }, properties = {
    metric = { type = "string", ["x-record"] = "metric", title = { zh = "指标", en = "Metric" }, description = { zh = "指标记录的编号", en = "The id of a metric" } },
    title = { title = { zh = "标题", en = "Title" }, description = { zh = "不填则显示指标名称", en = "The metric's name when empty" } },
  } },
  load = {
    metric = { get = "metric", id = "$props.metric", up = true },
    updated = { updated = "metric", up = true },
  },
  example = {
    props = { metric = "load" },
    data = { metric = {
      { id = "load", name = { zh = "今日负荷", en = "Load today" }, unit = { zh = "万千瓦", en = "×10 MW" }, value = 8642, at = "@now-4m",
        labels = { "00:00", "04:00", "08:00", "12:00", "16:00", "20:00" },
        series = { { name = { zh = "今日", en = "Today" }, values = { 6100, 5800, 7900, 8100, 8300, 8642 } },
                   { name = { zh = "昨日", en = "Yesterday" }, values = { 6000, 5750, 7700, 7950, 8200, 8374 } } } },
    } },
  },
}
