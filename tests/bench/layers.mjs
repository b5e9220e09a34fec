// Layers resolved, and audiences over a million people, in process.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pinned, release } from './world.mjs'

const run = promisify(execFile)
const PEOPLE = 1000000
const UNITS = 44702 // of China, from group to county and below

const goals = {
    'resolve from the store': { goal: 300, least: 300 },
    'find again': { goal: 5, least: 5 },
}

// The program's results by name, in a folder of its own.
async function measured(program, ...words) {
    const folder = mkdtempSync(join(tmpdir(), 'pinban-bench-'))
    try {
        const command = pinned('server', [join(release, 'tests/bench', program), folder, ...words])
        const { stdout } = await run(command[0], command.slice(1))
        return stdout.trim().split('\n').map(line => JSON.parse(line))
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

export async function benchLayers(report, { rounds }) {
    const values = new Map()
    for (let i = 0; i < rounds; i++) {
        for (const { name, value, unit } of await measured('bench_layers', '1001'))
            values.set(name, { unit, all: [...(values.get(name)?.all ?? []), value] })
    }
    for (const [name, { unit, all }] of values) report.add(`7 layers, 200 blocks: ${name}`, unit, all, goals[name])
    for (const { name, value, unit, goal } of await measured('bench_audience', String(PEOPLE), String(UNITS)))
        report.add(`audience: ${name}`, unit, [value], goal ? { goal, least: goal } : {})
}
