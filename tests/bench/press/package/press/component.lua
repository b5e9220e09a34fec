-- One record is counted up by each action: what `UPDATE counter SET n = n + 1` does.
return {
  name = "press",
  title = { zh = "计数", en = "Counter" },
  needs = { "read:counter", "write:counter" },
  actions = { press = {
    input = { type = "object", required = { "i" }, properties = { i = { type = "integer", minimum = 0 } } },
    run = function(ctx, input)
      local id = "c" .. input.i
      local counter = ctx.data.get("counter", id)
      ctx.data.put("counter", { id = id, n = (counter and counter.n or 0) + 1,
        note = "eighty characters that a record of this kind may well have beside its number." })
    end } },
}
