return { name = "press", version = "1.0.0", title = { zh = "计数页", en = "Counters" } }
