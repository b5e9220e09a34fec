// The reference page: server CPU a request, ours beside peers, in interleaved rounds.
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nginxGzip, nginxLua, nginxStatic, nodePeer, ours } from './servers.mjs'
import { ask, cpuTime, freePort, here, keepTrack, memory, pinned, prepareReference, readSessions, reference, start, stop, untilReady,
    work } from './world.mjs'
import { spread } from './report.mjs'

const run = promisify(execFile)
const CONNECTIONS = 32
const WARM_UP_S = 1
const WARM_UPS = 20 // at most
const SAMPLES = 100 // people whose pages are compared between servers

// `turns`: what is asked of the server. `cards`: how many are rendered a request, which is
// checked. Ours share a store that one process has at a time.
const servers = [
    { name: 'ours', command: port => ours(port), turns: [
        { name: 'warm', path: '/w/home', cards: 0 },
        { name: '9 warm 3 cold', path: '/w/mixed', fresh: true, cards: 3 },
        { name: 'warm, gzip', path: '/w/home', encoding: 'gzip', cards: 0 },
        { name: 'warm, brotli', path: '/w/home', encoding: 'br', cards: 0 },
        { name: '9 warm 3 cold, gzip', path: '/w/mixed', fresh: true, encoding: 'gzip', cards: 3 },
        { name: '9 warm 3 cold, brotli', path: '/w/mixed', fresh: true, encoding: 'br', cards: 3 },
    ] },
    { name: 'ours without cache', command: port => ours(port, 0), turns: [
        { name: 'cold', path: '/w/home', cards: 12 },
        { name: 'cold, gzip', path: '/w/home', encoding: 'gzip', cards: 12 },
        { name: 'cold, brotli', path: '/w/home', encoding: 'br', cards: 12 },
    ] },
    { name: 'nginx static', command: nginxStatic, turns: [{ name: 'nginx static', path: '/home' }] },
    { name: 'nginx gzip', command: nginxGzip, turns: [{ name: 'nginx gzip 1', path: '/home', encoding: 'gzip' }] },
    { name: 'Node strings', command: port => nodePeer(port, 'strings.mjs'), dynamic: true,
        turns: [{ name: 'Node strings', path: '/w/home' }] },
    { name: 'nginx LuaJIT', command: nginxLua, dynamic: true, turns: [{ name: 'nginx LuaJIT', path: '/w/home' }] },
    { name: 'React', command: port => nodePeer(port, 'react.mjs'), dynamic: true,
        turns: [{ name: 'React', path: '/w/home' }] },
]

const goals = [
    ['warm', 'nginx static', 0.95, 0.8],
    ['9 warm 3 cold', 'nginx static', 0.65, 0.5],
    ['cold', 'nginx static', 0.5, 0.4],
    ['cold', 'Node strings', 6, 4],
    ['cold', 'nginx LuaJIT', 11, 8],
    ['cold', 'React', 17, 12],
    ['warm, gzip', 'nginx gzip 1', 3, 3],
    ['warm, brotli', 'nginx gzip 1', 3, 3],
    ['9 warm 3 cold, gzip', 'nginx gzip 1', 3, 3],
    ['9 warm 3 cold, brotli', 'nginx gzip 1', 3, 3],
    ['cold, gzip', 'nginx gzip 1', 3, 3],
    ['cold, brotli', 'nginx gzip 1', 3, 3],
]

// ---- one turn ----

async function wrk(port, turn, seconds) {
    const { stdout } = await run('taskset', pinned('client', ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', join(here, 'load.lua'),
        `http://127.0.0.1:${port}/`, '--', reference.tokens, turn.path, turn.encoding ?? 'none',
        turn.fresh ? 'fresh' : 'same']).slice(1))
    const result = JSON.parse(stdout.split('\n').find(line => line.startsWith('{')))
    if (result.errors || !result.requests) throw new Error(`${turn.name}: ${stdout}`)
    return result
}

async function rendered(port) {
    const { body } = await ask(port, '/metrics')
    return Number(/pinban_fragments_rendered_total (\d+)/.exec(body)[1])
}

function checkBytes(turn, result, pageBytes) {
    const bytes = result.bytes / result.requests
    if (!turn.encoding && (bytes < pageBytes * 0.9 || bytes > pageBytes * 1.2))
        throw new Error(`${turn.name}: ${bytes} bytes a reply where the page has ${pageBytes}`)
}

// Asks for a while; `cards` is how many were rendered a request, when the turn counts them.
async function askFor(server, turn, seconds) {
    const counts = turn.cards !== undefined
    const cardsFrom = counts ? await rendered(server.port) : 0
    const from = cpuTime(server.child.pid)
    const result = await wrk(server.port, turn, seconds)
    const us = (cpuTime(server.child.pid) - from) / 1000 / result.requests
    const cards = counts ? ((await rendered(server.port)) - cardsFrom) / result.requests : undefined
    return { result, us, asMeant: !counts || Math.abs(cards - turn.cards) < 0.1, cards }
}

// Caches are warm when exactly as many cards are rendered as the turn is about.
async function warmUp(server, turn) {
    for (let i = 0; i < WARM_UPS; i++) {
        const { asMeant } = await askFor(server, turn, WARM_UP_S)
        if (asMeant) return
    }
}

async function takeTurn(server, turn, seconds, pageBytes) {
    await warmUp(server, turn)
    const { result, us, asMeant, cards } = await askFor(server, turn, seconds)
    if (!asMeant) throw new Error(`${turn.name}: ${cards} cards rendered a request where ${turn.cards} were meant`)
    checkBytes(turn, result, pageBytes)
    turn.us.push(us)
    turn.perSecond.push((result.requests * 1e6) / result.us)
    turn.bytes = result.bytes / result.requests
}

// ---- servers ----

async function open(server, token) {
    server.port = await freePort()
    server.child = keepTrack(await start(server.command(server.port, join(work, 'html'))))
    await untilReady(server.child, server.port, server.turns[0].path, { Cookie: `sid=${token}` })
}

async function close(server) {
    await stop(server.child)
    server.child = null
}

// ---- the same bytes ----

const cardsOf = body => body.toString().split('<div class="b b-full"').slice(1)
    .map(card => card.replace('</main></body></html>\n', '')).sort().join('')

// The page without its cards, for the peers: what differs from person to person has a name in braces. Only the mark of
// what the page shows does not: to the peers it is a text like any other.
function frameOf(page, { unit, person }) {
    const [before, ...cards] = page.split('<div class="b b-full"')
    const marked = before.replace(`>工作台 · 单位${unit.slice(1)}<`, '>工作台 · 单位{{number}}<')
        .replace(`"/t/${unit}/`, '"/t/{{unit}}/').replace(`"${unit}/${person}"`, '"{{actor}}"')
    return `${marked}{{cards}}${cards.at(-1).slice(cards.at(-1).indexOf('</main>'))}`
}

async function pageOf(server, token) {
    const { body } = await ask(server.port, server.turns[0].path, { Cookie: `sid=${token}` })
    return body
}

// Our pages of some people; the one nearest to their mean length is what nginx serves.
async function samplePages(server, sample) {
    await open(server, sample[0].token)
    const pages = []
    for (const { token } of sample) pages.push(await pageOf(server, token))
    await close(server)
    const mean = pages.reduce((sum, page) => sum + page.length, 0) / pages.length
    const middle = pages.reduce((a, b) => (Math.abs(a.length - mean) <= Math.abs(b.length - mean) ? a : b))
    mkdirSync(join(work, 'html'), { recursive: true })
    writeFileSync(join(work, 'html/home'), middle)
    writeFileSync(reference.frame, frameOf(middle.toString(), sample[pages.indexOf(middle)]))
    return { pages, pageBytes: middle.length }
}

async function checkPeer(server, sample, pages) {
    for (let i = 0; i < sample.length; i++) {
        const page = await pageOf(server, sample[i].token)
        if (cardsOf(page) !== cardsOf(pages[i]) || page.length !== pages[i].length)
            throw new Error(`${server.name} shows another page than ours: ${page.length} and ${pages[i].length} bytes`)
    }
}

// ---- all ----

export async function benchPage(report, { rounds, seconds }) {
    prepareReference()
    const all = readSessions()
    const sample = Array.from({ length: SAMPLES }, (_, i) => all[Math.floor((i * all.length) / SAMPLES)])
    for (const server of servers) for (const turn of server.turns) Object.assign(turn, { us: [], perSecond: [] })
    const { pages, pageBytes } = await samplePages(servers[0], sample)
    for (const server of servers.filter(one => one.dynamic)) {
        await open(server, sample[0].token)
        await checkPeer(server, sample, pages)
    }
    let used
    for (let i = 0; i < rounds; i++) {
        console.error(`bench: page, round ${i + 1} of ${rounds} …`)
        for (const server of servers) {
            if (!server.child) await open(server, sample[0].token)
            for (const turn of server.turns) await takeTurn(server, turn, seconds, pageBytes)
            if (server === servers[0]) used = memory(server.child.pid)
            if (server.name.startsWith('ours')) await close(server)
        }
    }
    for (const server of servers) if (server.child) await close(server)
    tell(report, used, pageBytes)
}

function tell(report, used, pageBytes) {
    const turns = new Map(servers.flatMap(server => server.turns).map(turn => [turn.name, turn]))
    for (const [name, against, goal, least] of goals)
        report.add(`page, ${name}`, 'µs/request', turns.get(name).us,
            { peer: { name: against, values: turns.get(against).us }, goal, least })
    for (const name of ['nginx static', 'nginx gzip 1', 'Node strings', 'nginx LuaJIT', 'React'])
        report.add(name, 'µs/request', turns.get(name).us)
    report.add('memory after the page run, resident', 'MiB', [used.VmRSS / 1024], { goal: 120, least: 120 })
    report.add('… of it our own (RssAnon)', 'MiB', [used.RssAnon / 1024])
    report.add('… of it pages of the store\'s file and the program (RssFile)', 'MiB', [used.RssFile / 1024])
    report.note(`Reference page: ${pageBytes} bytes, ${cpus().length} cores (${cpus()[0].model}), server and wrk on one ` +
        `core each, ${CONNECTIONS} connections.\nRequests/s, median: ` +
        [...turns.values()].map(t => `${t.name} ${Math.round(spread(t.perSecond).med)} (${Math.round(t.bytes)} B)`).join(', '))
}
