// The page in plain strings: DUMP TOKENS FRAME PORT
import { createServer } from 'node:http'
import { framePart, grouped, readFrame, readPeople, sessionOf } from './people.mjs'

const [dump, tokens, frame, port] = process.argv.slice(2)
const sessions = readPeople(dump, tokens)
const [before, after] = readFrame(frame)

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const special = /[&<>"']/
const escape = s => (special.test(s) ? s.replace(/[&<>"']/g, c => entities[c]) : s)

const row = r =>
    `<li class="row"><a class="row-in" href="/w/row?id=${encodeURIComponent(r.id)}"><span class="row-text">` +
    `<span class="row-title">${escape(r.title)}</span><span class="row-meta">${escape(r.from)} · ${escape(r.unit)} · ` +
    `${grouped(r.count)}</span></span><span class="chip chip-normal">${escape(r.state)}</span></a></li>`

function card(n, rows) {
    let html =
        `<div class="b b-full" id="b-card${n}"><section class="card card-plain" aria-labelledby="h-card${n}">` +
        `<header class="card-head"><h2 id="h-card${n}">卡片 ${n}</h2></header><ul class="list">`
    for (const r of rows) html += row(r)
    return html + '</ul></section></div>'
}

function page(session) {
    let html = framePart(before, session)
    for (let i = 0; i < 12; i++) html += card(i + 1, session.cards[i])
    return html + framePart(after, session)
}

createServer((request, response) => {
    const session = sessionOf(sessions, request)
    if (!session) return response.writeHead(303, { Location: '/' }).end()
    const body = Buffer.from(page(session))
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length })
    response.end(body)
}).listen(Number(port), '127.0.0.1')
