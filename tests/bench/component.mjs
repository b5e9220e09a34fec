// One component cold, in process: with lookups, and with a load function in Lua.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pinned, prepareReference, reference, release } from './world.mjs'

const run = promisify(execFile)
const PAGES = 2000

async function cold(page) {
    const command = pinned('server', [join(release, 'tests/bench/bench_component'), reference.store, String(PAGES), '3', page])
    const { stdout } = await run(command[0], command.slice(1))
    return Number(stdout.split(' ')[1])
}

export async function benchComponent(report, { rounds }) {
    prepareReference()
    const lookups = []
    const script = []
    for (let i = 0; i < rounds; i++) {
        lookups.push(await cold('home'))
        script.push(await cold('script'))
    }
    report.add('component cold, lookups', 'µs', lookups, { goal: 0.8, least: 1.2 })
    report.add('component cold, load in Lua adds', 'µs', script.map((us, i) => us - lookups[i]), { goal: 3, least: 3 })
}
