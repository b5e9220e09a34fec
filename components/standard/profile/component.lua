-- Who I am, how I like it, and the way out.
return {
  name = "profile",
  title = { zh = "我的", en = "My profile" },
  description = { zh = "个人信息与显示设置", en = "Who I am and how I like it" },
  icon = "user",
  category = "frame",
  sizes = { default = "wide", min = "full" },
  needs = { "read:person", "read:tenant" },
  load = function(ctx)
    local me = ctx.actor
    return { name = me.name, post = me.post, department = me.department, unit = ctx.tenant.name,
             phone = me.phone, mail = me.mail, themes = ctx.themes, theme = me.theme or "unit",
             lang = me.lang or "zh", scheme = me.scheme or "auto", size = me.size or "normal" }
  end,
  example = { props = {} },
}
