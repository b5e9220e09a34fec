-- A metric's series as bars.
return {
  name = "bar-chart",
  title = { zh = "柱状图", en = "Bar chart" },
  description = { zh = "按期比较一个指标", en = "A metric, period by period" },
  icon = "chart-bar",
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
    props = { metric = "sales" },
    data = { metric = {
      { id = "sales", name = { zh = "近 7 日售电量", en = "Energy sold, 7 days" }, unit = { zh = "亿千瓦时", en = "×100 GWh" }, value = 9.6,
        labels = { "一", "二", "三", "四", "五", "六", "日" }, series = { { values = { 6.2, 7.4, 5.8, 9.1, 8.4, 7.0, 9.6 } } } },
    } },
  },
}
