-- One number: value, unit, how it moved, and the shape of its way here.
return {
  name = "kpi",
  title = { zh = "指标卡", en = "Key figure" },
  description = { zh = "数值、单位、环比和走势", en = "Value, unit, change and trend" },
  icon = "gauge",
  category = "figures",
  sizes = { default = "half", min = "half" },
  needs = { "read:metric" },
  props = { type = "object", required = { "metric" }, properties = {
    metric = { type = "string", ["x-record"] = "metric", title = { zh = "指标", en = "Metric" }, description = { zh = "指标记录的编号", en = "The id of a metric" } },
    trend = { type = "boolean", default = true, title = { zh = "显示走势", en = "Show the trend" } },
    stale_after = { type = "integer", minimum = 1, maximum = 10080, default = 1440, title = { zh = "多久算过时（分钟）", en = "Out of date after (minutes)" } },
  } },
  load = function(ctx)
    local props = ctx.props
    local metric = ctx.data.get("metric", props.metric, { up = true })
    if not metric then return {} end
    local model = { metric = metric }
    if metric.previous and metric.previous ~= 0 then
      if metric.unit and (metric.unit == "%" or metric.unit.zh == "%") then
        model.delta, model.points = metric.value - metric.previous, true
      else
        model.delta = (metric.value - metric.previous) / math.abs(metric.previous) * 100
      end
    end
    if props.trend and metric.series and metric.series[1] then
      model.trend = metric.series[1].values
    end
    model.updated = not metric.at and ctx.data.updated("metric", { up = true }) or nil
    model.at = metric.at or model.updated
    model.stale = model.at ~= nil and ctx.time.since(model.at, ctx.now) > props.stale_after * 60
    return model
  end,
  example = {
    props = { metric = "load" },
    data = { metric = {
      { id = "load", name = { zh = "全网负荷", en = "Grid load" }, unit = { zh = "万千瓦", en = "×10 MW" }, value = 8642, previous = 8374, good = "none", at = "@now-4m",
        compared = { zh = "较昨日", en = "vs yesterday" }, series = { { values = { 7600, 7420, 7380, 7900, 8410, 8642 } } } },
    } },
  },
}
