// The page by React's renderToString: DUMP TOKENS FRAME PORT
import { createServer } from 'node:http'
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { framePart, grouped, readFrame, readPeople, sessionOf } from './people.mjs'

const [dump, tokens, frame, port] = process.argv.slice(2)
const sessions = readPeople(dump, tokens)
const [before, after] = readFrame(frame)

const Row = ({ row }) =>
    h('li', { className: 'row' },
        h('a', { className: 'row-in', href: `/w/row?id=${encodeURIComponent(row.id)}` },
            h('span', { className: 'row-text' },
                h('span', { className: 'row-title' }, row.title),
                h('span', { className: 'row-meta' }, `${row.from} · ${row.unit} · ${grouped(row.count)}`)),
            h('span', { className: 'chip chip-normal' }, row.state)))

const Card = ({ n, rows }) =>
    h('div', { className: 'b b-full', id: `b-card${n}` },
        h('section', { className: 'card card-plain', 'aria-labelledby': `h-card${n}` },
            h('header', { className: 'card-head' }, h('h2', { id: `h-card${n}` }, `卡片 ${n}`)),
            h('ul', { className: 'list' }, rows.map(row => h(Row, { key: row.id, row })))))

const Cards = ({ cards }) => cards.map((rows, i) => h(Card, { key: i, n: i + 1, rows }))

createServer((request, response) => {
    const session = sessionOf(sessions, request)
    if (!session) return response.writeHead(303, { Location: '/' }).end()
    const body = Buffer.from(
        framePart(before, session) + renderToString(h(Cards, { cards: session.cards })) + framePart(after, session))
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': body.length })
    response.end(body)
}).listen(Number(port), '127.0.0.1')
