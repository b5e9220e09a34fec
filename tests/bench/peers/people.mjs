// What the peers know in memory: each session's person, her unit and her twelve cards.
import { readFileSync } from 'node:fs'

export function readPeople(dumpFile, tokensFile) {
    const cards = new Map()
    for (const line of readFileSync(dumpFile, 'utf8').split('\n')) {
        if (!line) continue
        const row = JSON.parse(line)
        if (!cards.has(row.owner)) cards.set(row.owner, Array.from({ length: 12 }, () => []))
        cards.get(row.owner)[row.card - 1].push(row)
    }
    const sessions = new Map()
    for (const line of readFileSync(tokensFile, 'utf8').trim().split('\n')) {
        const [token, person, unit] = line.split(' ')
        sessions.set(token, { unit, cards: cards.get(person) })
    }
    return sessions
}

export function sessionOf(sessions, request) {
    const cookie = /(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')
    return cookie && sessions.get(cookie[1])
}

// 12345 → "12,345"; Intl would cost a peer ten times as much.
export function grouped(n) {
    const s = String(n)
    return s.length < 4 ? s : s.slice(0, -3) + ',' + s.slice(-3)
}

// The page around the cards; `sheet` is the address of its style sheet.
export function around(unit, sheet) {
    const before =
        `<!doctype html><html lang="zh-CN" data-scheme="auto"><head><meta charset="utf-8">` +
        `<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">` +
        `<title>工作台 · 单位${unit.slice(1)}</title>` +
        `<meta name="description" content="员工移动工作台：待办、应用、日程与指标">` +
        `<meta name="theme-color" content=""><link rel="icon" href="/icon.svg" type="image/svg+xml">` +
        `<link rel="stylesheet" href="${sheet}"></head><body class="wb">` +
        `<a class="skip" href="#main">跳到主要内容</a><main id="main" class="page">`
    return [before, '</main></body></html>\n']
}
