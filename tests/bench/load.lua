-- wrk's script: asks for PATH as one session after the other.
--   -- TOKENS PATH ENCODING fresh|same
-- With "fresh" every address is new, by a parameter that grows.
local requests, heads, path, fresh, number, at = {}, {}, nil, false, 0, 0

function init(args)
    local tokens, encoding = args[1], args[3]
    path, fresh = args[2], args[4] == "fresh"
    number = os.time() * 1000000
    for line in io.lines(tokens) do
        local headers = { Cookie = "sid=" .. line:match("^%S+") }
        if encoding ~= "none" then
            headers["Accept-Encoding"] = encoding
        end
        local request = wrk.format("GET", path, headers)
        requests[#requests + 1] = request
        heads[#heads + 1] = request:match(" HTTP/1%.1.*$")
    end
end

function request()
    at = at % #requests + 1
    if not fresh then
        return requests[at]
    end
    number = number + 1
    return "GET " .. path .. "?n=" .. string.format("%d", number) .. heads[at]
end

function done(summary)
    local e = summary.errors
    io.write(string.format('{"requests":%d,"bytes":%d,"us":%d,"errors":%d}\n', summary.requests, summary.bytes,
        summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
