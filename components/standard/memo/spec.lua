return {
  { name = "shows one's own notes, the newest first", shows = { "检定证书", "20 分钟前", "重要" } },
  { name = "speaks English", person = { lang = "en" }, shows = { "Notes", "Tick off" } },
  { name = "belongs to its person alone", person = { id = "liwei" }, hides = "检定证书", shows = "还没有备忘" },
  { name = "writes a note down", act = "add", input = { text = "周五值班", important = true }, shows = "周五值班",
    records = { memo = { { person = "wangfang", text = "周五值班", important = true, at = "@now" }, { id = "1" } } } },
  { name = "fills in what is not said", act = "add", input = { text = "值班" }, records = { memo = { { text = "值班", important = false } } } },
  { name = "wants a text", act = "add", input = { text = "  " }, refused = "action.input" },
  { name = "keeps so many and no more", act = "add", input = { text = "又一条" }, props = { most = 2 }, refused = "full", hides = "又一条" },
  { name = "ticks a note off", act = "remove", input = { id = "1" }, gone = { memo = { "1" } }, records = { memo = { { id = "2" } } }, hides = "检定证书" },
  { name = "touches nobody else's notes", act = "remove", input = { id = "1" }, person = { id = "liwei" }, refused = "gone",
    records = { memo = { { id = "1" } } } },
  { name = "writes text, not markup", act = "add", input = { text = "<b>x</b>" }, shows = "&lt;b&gt;x&lt;/b&gt;", hides = "<b>x" },
}
