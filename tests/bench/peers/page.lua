-- The page by LuaJIT in nginx: parts in a table, joined once, as template engines for
-- OpenResty compile to.
local cjson = require "cjson"

local M = {}
local sessions = {}

-- The page around the cards, as ours has it: text, a name of what the session says there,
-- text and so on.
local before, after = {}, {}

local function read_frame(file)
    local into, from = before, 1
    local text = assert(io.open(file)):read("*a")
    for at, name, behind in text:gmatch("(){{(%w+)}}()") do
        into[#into + 1] = text:sub(from, at - 1)
        if name == "cards" then
            into = after
        else
            into[#into + 1] = name
        end
        from = behind
    end
    into[#into + 1] = text:sub(from)
end

function M.read(dump, tokens, frame)
    read_frame(frame)
    local people = {}
    for line in io.lines(dump) do
        local row = cjson.decode(line)
        local cards = people[row.owner]
        if not cards then
            cards = {}
            for i = 1, 12 do cards[i] = {} end
            people[row.owner] = cards
        end
        local rows = cards[row.card]
        rows[#rows + 1] = row
    end
    for line in io.lines(tokens) do
        local token, person, unit = line:match("^(%S+) (%S+) (%S+)$")
        sessions[token] = {
            unit = unit,
            number = unit:sub(2),
            actor = unit .. "/" .. person,
            cards = people[person],
        }
    end
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }
local find, gsub, concat, sub = string.find, string.gsub, table.concat, string.sub

local function escape(s)
    if find(s, "[&<>\"']") then
        return (gsub(s, "[&<>\"']", entities))
    end
    return s
end

local function grouped(n)
    local s = tostring(n)
    return #s < 4 and s or sub(s, 1, -4) .. "," .. sub(s, -3)
end

local function put_row(out, n, r)
    out[n + 1] = '<li class="row"><a class="row-in" href="/w/row?id='
    out[n + 2] = ngx.escape_uri(r.id)
    out[n + 3] = '"><span class="row-text"><span class="row-title">'
    out[n + 4] = escape(r.title)
    out[n + 5] = '</span><span class="row-meta">'
    out[n + 6] = escape(r.from)
    out[n + 7] = ' · '
    out[n + 8] = escape(r.unit)
    out[n + 9] = ' · '
    out[n + 10] = grouped(r.count)
    out[n + 11] = '</span></span><span class="chip chip-normal">'
    out[n + 12] = escape(r.state)
    out[n + 13] = '</span></a></li>'
    return n + 13
end

local function put_card(out, n, number, rows)
    out[n + 1] = '<div class="b b-full" id="b-card'
    out[n + 2] = number
    out[n + 3] = '"><section class="card card-plain" aria-labelledby="h-card'
    out[n + 4] = number
    out[n + 5] = '"><header class="card-head"><h2 id="h-card'
    out[n + 6] = number
    out[n + 7] = '">卡片 '
    out[n + 8] = number
    out[n + 9] = '</h2></header><ul class="list">'
    n = n + 9
    for i = 1, #rows do
        n = put_row(out, n, rows[i])
    end
    out[n + 1] = '</ul></section></div>'
    return n + 1
end

local function put_frame(out, n, parts, session)
    out[n + 1] = parts[1]
    for i = 2, #parts, 2 do
        out[n + i] = session[parts[i]]
        out[n + i + 1] = parts[i + 1]
    end
    return n + #parts
end

function M.answer()
    local session = sessions[ngx.var.cookie_sid or ""]
    if not session then
        return ngx.redirect("/", 303)
    end
    local out = {}
    local n = put_frame(out, 0, before, session)
    for i = 1, 12 do
        n = put_card(out, n, i, session.cards[i])
    end
    put_frame(out, n, after, session)
    local body = concat(out)
    ngx.header["Content-Type"] = "text/html; charset=utf-8"
    ngx.header["Content-Length"] = #body
    ngx.print(body)
end

return M
