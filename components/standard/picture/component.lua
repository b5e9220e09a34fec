-- One picture of the unit, with a line under it; all of it may lead somewhere.
return {
  name = "picture",
  title = { zh = "图片", en = "Picture" },
  description = { zh = "一张图片，可配说明和链接", en = "A picture, with a caption and a link" },
  icon = "photo",
  category = "content",
  sizes = { default = "wide", min = "half" },
  props = { type = "object", properties = {
    picture = { type = "object", ["x-picture"] = true, title = { zh = "图片", en = "Picture" }, properties = {
      src = { type = "string", format = "uri-reference", pattern = "^/p/", title = { zh = "地址", en = "Address" } },
      alt = { title = { zh = "替代文字", en = "What it shows" } },
      width = { type = "integer", minimum = 1, maximum = 8192, title = { zh = "宽", en = "Width" } },
      height = { type = "integer", minimum = 1, maximum = 8192, title = { zh = "高", en = "Height" } },
    } },
    shape = { default = "wide", title = { zh = "形状", en = "Shape" }, oneOf = {
      { const = "wide", title = { zh = "横幅", en = "Banner" } },
      { const = "square", title = { zh = "方形", en = "Square" } },
      { const = "whole", title = { zh = "原样", en = "As it is" } },
    } },
    caption = { title = { zh = "说明", en = "Caption" } },
    link = { type = "string", format = "uri-reference", title = { zh = "点开去哪里", en = "Where it leads" } },
  } },
  load = { picture = "$props.picture", caption = "$props.caption", shape = "$props.shape" },
  example = {
    props = { caption = { zh = "安全生产月", en = "Safety month" } },
  },
}
