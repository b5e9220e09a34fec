// What all measurements share: folders, the reference store, processes and their CPU time.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const here = fileURLToPath(new URL('.', import.meta.url))
export const repository = join(here, '../..')
export const release = join(repository, 'build/release')
export const work = join(repository, 'build/bench')

export const PEOPLE = 50000
export const ACTIVE = 2500

// ---- the reference store ----

export const reference = {
    store: join(work, 'reference'),
    dump: join(work, 'rows.jsonl'),
    frame: join(work, 'html/frame'), // of the page, for the peers
    tokens: join(work, 'tokens'),
}

// Seeds the store once; again when what seeds it is newer.
export function prepareReference() {
    const done = join(work, 'reference.done')
    const sources = [join(release, 'tests/bench/bench_seed'), join(here, 'reference.sh')]
    if (existsSync(done) && sources.every(file => statSync(file).mtimeMs < statSync(done).mtimeMs)) return
    console.error(`bench: filling a store with ${PEOPLE} people …`)
    mkdirSync(work, { recursive: true })
    rmSync(reference.store, { recursive: true, force: true })
    rmSync(join(work, 'package'), { recursive: true, force: true })
    execFileSync('bash', [sources[1], join(work, 'package')])
    execFileSync(sources[0], [reference.store, join(work, 'package'), String(PEOPLE), String(ACTIVE),
        reference.dump, reference.tokens], { stdio: ['ignore', 'ignore', 'inherit'] })
    writeFileSync(done, '')
}

export const readSessions = () =>
    readFileSync(reference.tokens, 'utf8').trim().split('\n').map(line => {
        const [token, person, unit] = line.split(' ')
        return { token, person, unit }
    })

// ---- processes ----

// Servers have the first core, whoever asks them the last.
export const pinned = (core, command) =>
    cpus().length > 1 ? ['taskset', '-c', String(core === 'server' ? 0 : cpus().length - 1), ...command] : command

export async function start(command, options = {}) {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], ...options })
    child.ended = new Promise(resolve => child.once('exit', resolve))
    return child
}

export async function stop(child) {
    child.kill('SIGTERM')
    await child.ended
}

process.on('exit', () => children.forEach(child => child.kill('SIGTERM')))
const children = new Set()
export function keepTrack(child) {
    children.add(child)
    child.ended.then(() => children.delete(child))
    return child
}

export { cpuTime } from '../harness.mjs'

// Kilobytes, by the names of /proc/PID/status.
export function memory(pid) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Object.fromEntries(
        ['VmRSS', 'RssAnon', 'RssFile'].map(name => [name, Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1])]))
}

// ---- HTTP ----

export function ask(port, path, headers = {}) {
    return new Promise((resolve, reject) => {
        get({ host: '127.0.0.1', port, path, headers, agent: false }, response => {
            const chunks = []
            response.on('data', chunk => chunks.push(chunk))
            response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks) }))
        }).on('error', reject)
    })
}

export function freePort() {
    return new Promise(resolve => {
        const server = createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address()
            server.close(() => resolve(port))
        })
    })
}

// The moment the first 200 came.
export async function untilReady(child, port, path, headers) {
    while (child.exitCode === null) {
        const reply = await ask(port, path, headers).catch(() => null)
        if (reply?.status === 200) return process.hrtime.bigint()
        await sleep(1)
    }
    throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
}
