-- wrk's script: posts actions, one session after the other, each with a key of its own.
--   -- TOKENS RECORDS fill|any    RECORDS of each unit: one after the other, or any of them
local people, counts, records, fill, at, number = {}, {}, 0, false, 0, 0

function init(args)
    records = tonumber(args[2])
    fill = args[3] == "fill"
    for line in io.lines(args[1]) do
        local token, unit = line:match("^(%S+) %S+ (%S+)$")
        people[#people + 1] = { cookie = "sid=" .. token, unit = unit }
        counts[unit] = 0
    end
    math.randomseed(os.time())
    number = math.random(1, 1000000000)
end

function request()
    at = at % #people + 1
    number = number + 1
    local unit = people[at].unit
    counts[unit] = counts[unit] + 1
    return wrk.format("POST", "/act", {
        Cookie = people[at].cookie,
        Accept = "application/json",
        ["Content-Type"] = "application/x-www-form-urlencoded",
        ["Idempotency-Key"] = "b" .. number,
    }, "page=press&block=press&action=press&input.i=" .. (fill and counts[unit] or math.random(0, records - 1)) % records)
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format('{"requests":%d,"us":%d,"errors":%d,"p50":%d,"p99":%d}\n', summary.requests,
        summary.duration, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
