-- A heading over blocks of its own.
return {
  name = "section",
  title = { zh = "分区", en = "Section" },
  description = { zh = "带标题的一组组件", en = "A heading over other components" },
  icon = "stairs",
  category = "frame",
  sizes = { default = "wide", min = "full" },
  regions = { content = { title = { zh = "内容", en = "Content" } } },
  props = { type = "object", properties = {
    title = { title = { zh = "标题", en = "Title" } },
    more = { type = "string", format = "uri-reference", title = { zh = "更多页", en = "Page of more" } },
  } },
  load = {},
  example = { props = { title = { zh = "经营指标", en = "Figures" } } },
}
