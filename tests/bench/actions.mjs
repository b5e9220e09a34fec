// Durable actions through HTTP: 64 clients that wait for each answer, beside PostgreSQL's pgbench on the same disk.
import { execFile, execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CALLERS, RECORDS, closePostgres, openPostgres, pgbench } from './store.mjs'
import { ask, freePort, here, keepTrack, prepareReference, readSessions, reference, release, start, stop, untilReady, work } from './world.mjs'

const run = promisify(execFile)
const store = join(work, 'acting')

// The reference store's 2 500 people of forty units, and a page with one button.
function prepare() {
    prepareReference()
    rmSync(store, { recursive: true, force: true })
    execFileSync('cp', ['-r', '--sparse=always', reference.store, store])
    const pinban = words => execFileSync(join(release, 'pinban'), [...words, '--data', store], { stdio: ['ignore', 'ignore', 'inherit'] })
    pinban(['package', 'install', join(here, 'press/package')])
    pinban(['layer', 'import', join(here, 'press/layers')])
}

// As many records in all as PostgreSQL's table has rows.
const recordsOfUnit = () => RECORDS / new Set(readSessions().map(({ unit }) => unit)).size

async function wrk(port, seconds, which = 'any') {
    const { stdout } = await run('wrk', ['-t', '1', '-c', String(CALLERS), '-d', `${seconds}s`, '--latency',
        '-s', join(here, 'act.lua'), `http://127.0.0.1:${port}`, '--', reference.tokens, String(recordsOfUnit()), which])
    const told = JSON.parse(stdout.trim().split('\n').at(-1))
    if (told.errors) throw new Error(`${told.errors} actions failed`)
    return told
}

// All of them are there before anything is timed: what is timed changes records, as PostgreSQL does.
async function fill(port) {
    for (let seconds = 8, made = 0; made < RECORDS * 1.05; seconds *= 2) made = (await wrk(port, seconds, 'fill')).requests
}

async function figures(port) {
    const text = (await ask(port, '/metrics')).body.toString()
    return name => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\d+)$`, 'm').exec(text)[1])
}

async function oneRound(port, seconds) {
    const before = await figures(port)
    const told = await wrk(port, seconds)
    const after = await figures(port)
    const grown = name => after(name) - before(name)
    if (grown('pinban_actions_total{outcome="run"}') < told.requests) throw new Error('answered, but not done')
    return { rate: told.requests / told.us * 1e6, p50: told.p50, p99: told.p99,
        group: grown('pinban_commit_works_total') / grown('pinban_commits_total') }
}

export async function benchActions(report, { rounds, seconds }) {
    prepare()
    const port = await freePort()
    const server = keepTrack(await start([join(release, 'pinban'), 'serve', '--data', store, '--port', String(port)]))
    await untilReady(server, port, '/w/press', { Cookie: `sid=${readSessions()[0].token}` })
    const bin = await openPostgres()
    const mine = []
    const theirs = []
    try {
        await fill(port)
        for (let i = 0; i < rounds; i++) {
            console.error(`bench: actions, round ${i + 1} of ${rounds} …`)
            mine.push(await oneRound(port, seconds))
            theirs.push(await pgbench(bin, seconds))
        }
    } finally {
        await closePostgres()
        await stop(server)
    }
    rmSync(store, { recursive: true, force: true })
    report.add('durable actions through HTTP, 64 clients', '/s', mine.map(m => m.rate),
        { peer: { name: 'PostgreSQL', values: theirs }, more: true, goal: 1.5, least: 1 })
    report.add('… of them a second', '/s', mine.map(m => m.rate), { higher: true, goal: 20000, least: 20000 })
    report.add('PostgreSQL, pgbench', '/s', theirs)
    report.add('… an action is answered, median', 'µs', mine.map(m => m.p50))
    report.add('… an action is answered, 99th of 100', 'µs', mine.map(m => m.p99), { goal: 20000, least: 20000 })
    report.add('… actions that share a commit', '', mine.map(m => m.group))
}
