-- A person's own notes: the card with a form.
local mine = { "$actor.id" }

local function own(ctx, id)
  local memo = ctx.data.get("memo", id)
  if not memo or memo.person ~= ctx.actor.id then
    ctx.fail("gone", { zh = "这条备忘已不存在", en = "This note is gone" })
  end
  return memo
end

local which = { type = "object", required = { "id" }, additionalProperties = false,
                properties = { id = { type = "string", maxLength = 64 } } }

return {
  name = "memo",
  title = { zh = "备忘", en = "Notes" },
  description = { zh = "自己的备忘，随手记、做完划掉", en = "Notes to oneself: write down, tick off" },
  icon = "edit",
  category = "work",
  sizes = { default = "full", min = "half" },
  needs = { "read:memo", "write:memo" },
  props = { type = "object", properties = {
    title = { type = "string", maxLength = 40, title = { zh = "标题", en = "Title" } },
    limit = { type = "integer", minimum = 1, maximum = 50, default = 5, title = { zh = "条数", en = "How many" } },
    most = { type = "integer", minimum = 1, maximum = 500, default = 100,
             title = { zh = "每人最多条数", en = "How many a person may keep" } },
  } },
  load = {
    items = { query = "memo", by = "person", equals = mine, descending = true, limit = "$props.limit" },
    count = { count = "memo", by = "person", equals = mine, limit = 500 },
  },
  actions = {
    add = {
      title = { zh = "记下", en = "Write down" },
      input = { type = "object", required = { "text" }, additionalProperties = false, properties = {
        text = { type = "string", minLength = 1, maxLength = 200, pattern = "\\S", title = { zh = "内容", en = "Text" } },
        important = { type = "boolean", default = false, title = { zh = "重要", en = "Important" } } } },
      run = function(ctx, input)
        if ctx.data.count("memo", { by = "person", equals = ctx.actor.id, limit = 500 }) >= ctx.props.most then
          ctx.fail("full", { zh = "备忘已满，请先划掉一些", en = "There are too many notes; tick some off first" })
        end
        return { id = ctx.data.insert("memo", { person = ctx.actor.id, text = input.text, important = input.important, at = ctx.now }) }
      end,
    },
    remove = {
      title = { zh = "划掉", en = "Tick off" },
      input = which,
      run = function(ctx, input) ctx.data.remove("memo", own(ctx, input.id).id) end,
    },
  },
  example = {
    props = { limit = 3 },
    data = { memo = {
      { id = "1", person = "wangfang", text = "下午带电能表检定证书去城西营业厅", important = true, at = "@now-20m" },
      { id = "2", person = "wangfang", text = "问陈工要上月线损分析", important = false, at = "@now-1d" },
    } },
  },
}
