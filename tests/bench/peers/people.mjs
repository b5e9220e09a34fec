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
        sessions.set(token, { unit, number: unit.slice(1), actor: `${unit}/${person}`, cards: cards.get(person) })
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

// The page around the cards, as ours has it: text, a name of what the session says there, text and so on.
export function readFrame(file) {
    const parts = readFileSync(file, 'utf8').split(/\{\{(\w+)\}\}/)
    const middle = parts.indexOf('cards')
    return [parts.slice(0, middle), parts.slice(middle + 1)]
}

export function framePart(parts, session) {
    let html = parts[0]
    for (let i = 1; i < parts.length; i += 2) html += session[parts[i]] + parts[i + 1]
    return html
}
