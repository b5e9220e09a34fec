-- What a whole is made of.
return {
  name = "donut-chart",
  title = { zh = "环形图", en = "Donut chart" },
  description = { zh = "整体的构成与占比", en = "What a whole is made of" },
  icon = "chart-donut-3",
  category = "figures",
  sizes = { default = "full", min = "full" },
  needs = { "read:metric" },
  props = { type = "object", required = { "metric" }, properties = {
    metric = { type = "string", ["x-record"] = "metric", title = { zh = "指标", en = "Metric" }, description = { zh = "有构成的指标记录的编号", en = "The id of a metric with parts" } },
    title = { title = { zh = "标题", en = "Title" } },
  } },
  load = function(ctx)
    local metric = ctx.data.get("metric", ctx.props.metric, { up = true })
    if not metric or not metric.parts then return { metric = metric } end
    local total, parts, values, names = 0, {}, {}, {}
    for _, part in ipairs(metric.parts) do total = total + part.value end
    for i, part in ipairs(metric.parts) do
      parts[i] = { name = part.name, value = part.value, share = total > 0 and part.value / total or 0 }
      values[i], names[i] = part.value, part.name
    end
    return { metric = metric, parts = parts, values = values, names = names, updated = ctx.data.updated("metric", { up = true }) }
  end,
  example = {
    props = { metric = "mix" },
    data = { metric = {
      { id = "mix", name = { zh = "电源构成", en = "Supply mix" }, unit = { zh = "万千瓦", en = "×10 MW" }, value = 8642,
        parts = { { name = { zh = "火电", en = "Thermal" }, value = 4300 }, { name = { zh = "水电", en = "Hydro" }, value = 1700 },
                  { name = { zh = "风电", en = "Wind" }, value = 1400 }, { name = { zh = "光伏", en = "Solar" }, value = 1242 } } },
    } },
  },
}
