-- The host's own package: the ui-* elements, their style, icons and words, and the pages that are
-- no workbench.
return {
  name = "ui",
  version = "1.0.0",
  title = { zh = "基础界面", en = "Host elements" },
}
