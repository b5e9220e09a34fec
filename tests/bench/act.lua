-- wrk's script: posts actions, one session after the other, each with a key of its own.
--   -- TOKENS RECORDS
local heads, records, at, number = {}, 0, 0, 0

function init(args)
    records = tonumber(args[2])
    for line in io.lines(args[1]) do
        heads[#heads + 1] = "sid=" .. line:match("^%S+")
    end
    math.randomseed(os.time())
    number = math.random(1, 1000000000)
end

function request()
    at = at % #heads + 1
    number = number + 1
    return wrk.format("POST", "/act", {
        Cookie = heads[at],
        Accept = "application/json",
        ["Content-Type"] = "application/x-www-form-urlencoded",
        ["Idempotency-Key"] = "b" .. number,
    }, "page=press&block=press&action=press&input.i=" .. math.random(0, records - 1))
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format('{"requests":%d,"us":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests,
        summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
