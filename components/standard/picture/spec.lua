local picture = { src = "/p/huaheng/0f1e", alt = { zh = "雪中的变电站", en = "A substation in snow" }, width = 1200, height = 424 }
return {
  { name = "shows the picture with its words", props = { picture = picture }, shows = { "src=\"/p/huaheng/0f1e\"", "alt=\"雪中的变电站\"", "width=\"1200\"" }, hides = "还没有选择图片" },
  { name = "speaks English", props = { picture = picture, caption = { zh = "雪", en = "Snow" } }, person = { lang = "en" }, shows = { "A substation in snow", "Snow" } },
  { name = "leads somewhere when asked", props = { picture = picture, link = "/w/news" }, shows = "href=\"/w/news\"" },
  { name = "says that none is chosen", props = {}, shows = "还没有选择图片", hides = "<img" },
}
