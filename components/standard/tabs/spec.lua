return {
  { name = "opens the first tab", shows = { "生产", "?example=two#b-example" } },
  { name = "opens the tab of the address", query = { example = "two" }, model = { chosen = "two" } },
  { name = "takes an unknown tab for the first", query = { example = "nine" }, model = { chosen = "one" } },
}
