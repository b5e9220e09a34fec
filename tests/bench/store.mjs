// Durable actions a second with 64 waiting callers, beside PostgreSQL on the same disk.
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { release, work } from './world.mjs'

const run = promisify(execFile)
export const RECORDS = 50000
export const CALLERS = 64
const dir = join(work, 'postgres')
const NOTE = 'eighty characters that a record of this kind may well have beside its number.'

// PostgreSQL refuses to run as root.
const asPostgres = command => (process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command)
const postgres = command => run(asPostgres(command)[0], asPostgres(command).slice(1), { cwd: dir })

function binaries() {
    const versions = readdirSync('/usr/lib/postgresql').map(Number).sort((a, b) => a - b)
    return `/usr/lib/postgresql/${versions.includes(15) ? 15 : versions.pop()}/bin`
}

export const closePostgres = () => postgres([join(binaries(), 'pg_ctl'), '-D', join(dir, 'data'), '-m', 'fast', 'stop'])

export async function openPostgres() {
    if (!existsSync('/usr/lib/postgresql')) throw new Error('PostgreSQL is not installed')
    rmSync(dir, { recursive: true, force: true })
    mkdirSync(dir, { recursive: true })
    if (process.getuid() === 0) execFileSync('chown', ['postgres', dir])
    chmodSync(dir, 0o755)
    const bin = binaries()
    await postgres([join(bin, 'initdb'), '-D', join(dir, 'data'), '-A', 'trust'])
    writeFileSync(join(dir, 'data/postgresql.auto.conf'),
        `listen_addresses = ''\nunix_socket_directories = '${dir}'\nfsync = on\nsynchronous_commit = on\n`)
    writeFileSync(join(dir, 'count.sql'),
        `\\set i random(0, ${RECORDS - 1})\nUPDATE counter SET n = n + 1 WHERE id = 'c' || :i;\n`)
    await postgres([join(bin, 'pg_ctl'), '-D', join(dir, 'data'), '-l', join(dir, 'log'), '-w', 'start'])
    const say = sql => ['-c', sql]
    await postgres([join(bin, 'psql'), '-h', dir, '-q', 'postgres',
        ...say('CREATE TABLE counter (id text PRIMARY KEY, n bigint NOT NULL, note text)'),
        ...say('CREATE INDEX ON counter (n)'),
        ...say(`INSERT INTO counter SELECT 'c' || i, 0, '${NOTE}' FROM generate_series(0, ${RECORDS - 1}) i`),
        ...say('VACUUM ANALYZE counter'), ...say('CHECKPOINT')])
    return bin
}

export async function pgbench(bin, seconds) {
    const { stdout } = await postgres([join(bin, 'pgbench'), '-h', dir, '-n', '-c', String(CALLERS), '-j', '2',
        '-T', String(seconds), '-M', 'prepared', '-f', join(dir, 'count.sql'), 'postgres'])
    return Number(/tps = ([\d.]+)/.exec(stdout)[1])
}

async function ourActions(seconds) {
    const { stdout } = await run(join(release, 'tests/bench/bench_store'),
        [join(work, 'counters'), String(RECORDS), String(CALLERS), String(seconds)])
    return stdout.trim().split(' ').map(Number)
}

export async function benchStore(report, { rounds, seconds }) {
    mkdirSync(work, { recursive: true })
    rmSync(join(work, 'counters'), { recursive: true, force: true })
    const bin = await openPostgres()
    const mine = []
    const theirs = []
    try {
        for (let i = 0; i < rounds; i++) {
            console.error(`bench: store, round ${i + 1} of ${rounds} …`)
            mine.push(await ourActions(seconds))
            theirs.push(await pgbench(bin, seconds))
        }
    } finally {
        await closePostgres()
    }
    report.add('durable actions, 64 callers', '/s', mine.map(m => m[0]),
        { peer: { name: 'PostgreSQL', values: theirs }, more: true, goal: 2, least: 1 })
    report.add('PostgreSQL', '/s', theirs)
    report.add('… an action waits, median', 'µs', mine.map(m => m[1]))
    report.add('… an action waits, 99th of 100', 'µs', mine.map(m => m[2]))
}
