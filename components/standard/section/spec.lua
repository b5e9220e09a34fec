return { { name = "has its heading", shows = "经营指标" }, { name = "does without one", props = {}, hides = "<h2" } }
