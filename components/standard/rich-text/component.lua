-- Long text: written into the block, or the body of the record that the address names.
return {
  name = "rich-text",
  title = { zh = "富文本", en = "Rich text" },
  description = { zh = "Markdown 长文，或某条记录的正文", en = "Markdown, or the body of a record" },
  icon = "article",
  category = "content",
  sizes = { default = "wide", min = "full" },
  needs = { "read:*" },
  props = { type = "object", properties = {
    title = { title = { zh = "标题", en = "Title" } },
    text = { format = "markdown", title = { zh = "正文（Markdown）", en = "Text (Markdown)" }, description = { zh = "记录没有正文时也显示它", en = "Shown too when the record has no body" } },
    collection = { type = "string", ["x-query"] = "collection", title = { zh = "集合", en = "Collection" }, description = { zh = "显示其中一条记录", en = "Shows one of its records" } },
    record = { type = "string", ["x-query"] = "record", title = { zh = "记录编号", en = "Record" }, description = { zh = "不填则取地址中的 id", en = "The id of the address when empty" } },
  } },
  load = function(ctx)
    local p = ctx.props
    if not p.collection or p.collection == "" then return {} end
    local id = p.record and p.record ~= "" and p.record or ctx.query.id
    local record = id and ctx.data.get(p.collection, id, { up = true })
    return { asked = true, record = record }
  end,
  example = {
    props = { title = { zh = "冬季用电安全", en = "Safe in winter" }, text = { zh = "## 三件事\n\n- 检查**插座**\n- 不超负荷\n- [报修](/w/home)\n", en = "## Three things\n\n- Check the **sockets**\n- Do not overload\n- [Report](/w/home)\n" } },
  },
}
