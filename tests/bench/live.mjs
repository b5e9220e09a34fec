// Streams: what an open one costs, how soon a change is on every screen that shows it, and what that takes beside a
// page that re-sends its list and one that asks each second.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, freePort, here, keepTrack, memory, pinned, release, repository, start, stop, untilReady, work } from './world.mjs'

const STREAMS = 18000
const FEW = 10
const CHANGES = 10
const BIG = 'huaheng-jl'
const SMALL = 'huaheng-yl-wugu'
const dir = join(work, 'live')
const store = join(dir, 'store')
const program = join(release, 'pinban')

// The demo with thousands more in one unit, and ten in another; each has tasks of her own.
function prepareWorld() {
    const done = join(dir, 'done')
    if (existsSync(done) && statSync(done).mtimeMs > statSync(here + 'live.mjs').mtimeMs) return
    console.error(`bench: filling a store with ${STREAMS} people …`)
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    cpSync(join(repository, 'tenants/demo'), join(dir, 'tenants'), { recursive: true })
    const person = (id, i) => ({ id, name: { zh: `员工${i}`, en: `Person ${i}` }, joined: '2020-01-01' })
    const task = (id, i, n) => ({ id: `${id}-${n}`, assignee: id, state: 'open', title: { zh: `巡视 ${i} 号线第 ${n} 段`, en: `Inspect line ${i}, part ${n}` } })
    const addTo = (file, more) => {
        const path = join(dir, 'tenants', file)
        writeFileSync(path, JSON.stringify([...JSON.parse(readFileSync(path, 'utf8')), ...more]))
    }
    const crowd = Array.from({ length: STREAMS - FEW }, (_, i) => person(`crowd-${i}`, i))
    const few = Array.from({ length: FEW }, (_, i) => person(`few-${i}`, i))
    addTo(`people/${BIG}.json`, crowd)
    addTo(`people/${SMALL}.json`, few)
    addTo(`records/${BIG}/task.json`, crowd.flatMap((one, i) => [task(one.id, i, 1), task(one.id, i, 2), task(one.id, i, 3)]))
    execFileSync(program, ['tenant', 'import', '--data', store, join(dir, 'tenants')], { stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 26 })
    const input = [...few.map(one => `${SMALL} ${one.id}`), ...crowd.map(one => `${BIG} ${one.id}`), `${BIG} chengweimin`, 'huaheng zhoumingyuan'].join('\n') + '\n'
    const tokens = execFileSync(program, ['person', 'session', '--data', store], { input, maxBuffer: 1 << 26 }).toString().trim().split('\n')
    writeFileSync(join(dir, 'admins'), tokens.slice(-2).join('\n'))
    writeFileSync(join(dir, 'cookies'), tokens.slice(0, -2).join('\n') + '\n')
    writeFileSync(done, '')
}

// Clients in a process of their own, on the other core.
async function openCrowd(port, count, cookies = join(dir, 'cookies'), page = 'home') {
    const command = pinned('client', [join(release, 'tests/bench/bench_streams'), String(port), cookies, String(count), page])
    const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    child.ended = new Promise(resolve => child.once('exit', resolve))
    keepTrack(child)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const say = async text => {
        if (text) child.stdin.write(`${text}\n`)
        const { value, done } = await lines.next()
        if (done) throw new Error('the clients are gone')
        return value
    }
    await say('')
    return { say, report: async () => JSON.parse(await say('report')), close: () => stop(child) }
}

const nowUs = () => (performance.timeOrigin + performance.now()) * 1000
const metrics = async port => Object.fromEntries((await ask(port, '/metrics')).body.toString().trim().split('\n').map(line => line.split(' ')).map(([name, n]) => [name, Number(n)]))

async function change(port, admin, path, record, known) {
    const address = `http://127.0.0.1:${port}${path}`
    known ??= (await fetch(address, { headers: { Cookie: `sid=${admin}` } })).headers.get('etag')
    const headers = { Cookie: `sid=${admin}`, 'Content-Type': 'application/json', ...(known ? { 'If-Match': known } : { 'If-None-Match': '*' }) }
    const reply = await fetch(address, { method: 'PUT', headers, body: JSON.stringify(record) })
    if (!reply.ok) throw new Error(await reply.text())
    return reply.headers.get('etag')
}

// Milliseconds from asking for the change until the last of `wanted` streams had it.
async function timeChange(crowd, wanted, make) {
    await crowd.say('mark')
    const began = nowUs()
    await make()
    let report
    for (const end = began + 20e6; nowUs() < end;) {
        report = await crowd.report()
        if (report.got >= wanted) break
        await sleep(20)
    }
    await sleep(200)
    report = await crowd.report()
    return { ms: (report.last_us - began) / 1000, lost: wanted - Math.min(report.got, wanted), wrong: Math.max(report.got - wanted, 0), bytes: report.bytes, open: report.open }
}

const notice = (id, i) => ({ id, title: { zh: `通知第 ${i} 版`, en: `Notice, version ${i}` }, published: new Date(Date.now() - 90000).toISOString() })

// What the caches hold is not the streams': pages next to nothing here, and everybody has been seen before.
async function measureMemory(report) {
    const port = await freePort()
    const server = keepTrack(await start(pinned('server', [program, 'serve', '--data', store, '--port', String(port), '--threads', '1', '--cache-mib', '4'])))
    await untilReady(server, port, '/healthz')
    const agent = new Agent({ keepAlive: true })
    const load = token => new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, path: '/w/home', agent, headers: { Cookie: `sid=${token}` } }, reply => reply.resume().on('end', resolve)).on('error', reject)
    })
    const tokens = readFileSync(join(dir, 'cookies'), 'utf8').trim().split('\n')
    await Promise.all(Array.from({ length: 8 }, async () => { while (tokens.length) await load(tokens.pop()) }))
    agent.destroy()
    const before = memory(server.pid).RssAnon
    const crowd = await openCrowd(port, STREAMS)
    await sleep(1000)
    const each = (memory(server.pid).RssAnon - before) * 1024 / STREAMS
    report.add('live: memory of an open stream', 'bytes', [each], { goal: 4096, least: 4096 })
    await crowd.close()
    await stop(server)
}

async function measureCrowd(report) {
    const port = await freePort()
    const [boss, head] = readFileSync(join(dir, 'admins'), 'utf8').trim().split('\n')
    const server = keepTrack(await start(pinned('server', [program, 'serve', '--data', store, '--port', String(port), '--threads', '1'])))
    await untilReady(server, port, '/healthz')
    const began = nowUs()
    const crowd = await openCrowd(port, STREAMS)
    const opened = (nowUs() - began) / 1e6
    report.add('live: page and stream opened', '1/s', [STREAMS / opened], { higher: true })

    const all = []
    const few = []
    let lost = 0
    let wrong = 0
    let [etagAll, etagFew] = []
    const { pinban_live_renders_total: rendersBefore } = await metrics(port)
    for (let i = 0; i < CHANGES; i++) {
        const one = await timeChange(crowd, STREAMS - FEW, async () => { etagAll = await change(port, boss, '/api/v1/data/notice/bench-all', notice('bench-all', i), etagAll) })
        all.push(one.ms)
        const two = await timeChange(crowd, FEW, async () => { etagFew = await change(port, head, `/api/v1/data/notice/bench-few?tenant=${SMALL}`, notice('bench-few', i), etagFew) })
        few.push(two.ms)
        lost += one.lost + two.lost
        wrong += one.wrong + two.wrong
    }
    const renders = (await metrics(port)).pinban_live_renders_total - rendersBefore
    report.add(`live: a change that ${STREAMS - FEW} show, to the last`, 'ms', all, { goal: 300, least: 300 })
    report.add(`live: a change that ${FEW} show of ${STREAMS}`, 'ms', few, { goal: 20, least: 20 })
    report.add('live: streams that missed a change', '', [lost], { goal: 0, least: 0 })
    report.add('live: streams that got what is not theirs', '', [wrong], { goal: 0, least: 0 })
    report.add('live: renders a change', '', [renders / CHANGES / 2])

    const quiet = await metrics(port)
    for (let i = 0; i < 50; i++)
        await change(port, boss, `/api/v1/data/task/outside-${i}`, { id: `outside-${i}`, assignee: 'nobody', state: 'open', title: 'x' })
    const later = await metrics(port)
    report.add('live: renders for 50 changes nobody shows', '', [later.pinban_live_renders_total - quiet.pinban_live_renders_total], { goal: 0, least: 0 })
    await crowd.say('break 1000')
    const broke = nowUs()
    while ((await metrics(port)).pinban_streams > STREAMS - 1000 && nowUs() - broke < 30e6) await sleep(10)
    report.add('live: 1000 vanished clients forgotten', 'ms', [(nowUs() - broke) / 1000], { goal: 20000, least: 20000 })
    await crowd.close()
    await stop(server)
}

// One changed item on one screen: bytes and time, ours and peers in the same run.
async function measurePeers(report, rounds) {
    const [port, other] = [await freePort(), await freePort()]
    const [boss] = readFileSync(join(dir, 'admins'), 'utf8').trim().split('\n')
    const server = keepTrack(await start([program, 'serve', '--data', store, '--port', String(port)]))
    await untilReady(server, port, '/healthz')
    const cookie = join(dir, 'one')
    const token = readFileSync(join(dir, 'cookies'), 'utf8').split('\n')[FEW]
    writeFileSync(cookie, `${token}\n`)
    const page = (await ask(port, '/w/home', { Cookie: `sid=${token}` })).body.toString()
    writeFileSync(join(dir, 'list.html'), page.slice(page.indexOf('<main'), page.indexOf('</main>')))
    const peer = keepTrack(await start([process.execPath, join(here, 'peers/events.mjs'), join(dir, 'list.html'), String(other)]))
    await untilReady(peer, other, '/list')
    const [mine, theirs] = [await openCrowd(port, 1, cookie), await openCrowd(other, 1, cookie)]
    const times = { ours: [], sse: [], polling: [] }
    const bytes = { ours: [], sse: [], polling: [] }
    let etag
    for (let i = 0; i < rounds * 5; i++) {
        const a = await timeChange(mine, 1, async () => { etag = await change(port, boss, '/api/v1/data/task/crowd-0-9', { id: 'crowd-0-9', assignee: 'crowd-0', state: 'open', title: `round ${i} ${Date.now()}` }, etag) })
        const b = await timeChange(theirs, 1, () => fetch(`http://127.0.0.1:${other}/item`, { method: 'PUT', body: '{}' }))
        times.ours.push(a.ms)
        bytes.ours.push(a.bytes)
        times.sse.push(b.ms)
        bytes.sse.push(b.bytes)
        // Who asks each second sees it half a second later in the middle, and pays for every question.
        const polled = nowUs()
        await sleep((i % 10) * 100 + 50)
        const answer = await ask(other, '/list')
        times.polling.push((nowUs() - polled) / 1000)
        bytes.polling.push(answer.body.length)
    }
    report.add('live: one item, bytes', 'B', bytes.ours, { peer: { name: 'Node, list re-sent', values: bytes.sse } })
    report.add('live: one item, bytes', 'B', bytes.ours, { peer: { name: 'asking each second, once', values: bytes.polling } })
    report.add('live: one item, time to show', 'ms', times.ours, { peer: { name: 'Node, list re-sent', values: times.sse } })
    report.add('live: one item, time to show', 'ms', times.ours, { peer: { name: 'asking each second', values: times.polling } })
    await Promise.all([mine.close(), theirs.close(), stop(server), stop(peer)])
}

function measureWatch(report, rounds) {
    const once = () => Number(execFileSync(join(release, 'tests/bench/bench_watch')).toString())
    report.add('live: the stale found among 200 000 watched, a change', 'us', Array.from({ length: rounds }, once), { goal: 50, least: 50 })
}

export async function benchLive(report, { rounds }) {
    measureWatch(report, rounds)
    prepareWorld()
    await measureMemory(report)
    await measureCrowd(report)
    await measurePeers(report, rounds)
}
