-- The standard catalogue: what every workbench is made of.
return {
  name = "standard",
  version = "1.0.0",
  title = { zh = "标准组件", en = "Standard components" },
}
