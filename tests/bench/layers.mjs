// Layers resolved, beside OpenUI5's changes, and audiences over a million people, in process.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { here, pinned, release } from './world.mjs'

const run = promisify(execFile)
const PEOPLE = 1000000
const UNITS = 44702 // of China, from group to county and below

const goals = {
    'resolve from the store': { goal: 300, least: 300 },
    'find again': { goal: 5, least: 5 },
}

async function results(command) {
    const [program, ...words] = pinned('server', command)
    const { stdout } = await run(program, words)
    return stdout.trim().split('\n').map(line => JSON.parse(line))
}

// Of a program of ours, in a folder of its own.
async function measured(program, ...words) {
    const folder = mkdtempSync(join(tmpdir(), 'pinban-bench-'))
    try {
        return await results([join(release, 'tests/bench', program), folder, ...words])
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

// As many changes by sap.ui.fl, in the quicker of its two ways.
async function peer() {
    const ways = await results([process.execPath, join(here, 'peers/flex.mjs'), '21'])
    return Math.min(...ways.map(way => way.value))
}

export async function benchLayers(report, { rounds }) {
    const values = new Map()
    const peers = { name: 'sap.ui.fl in Node', values: [] }
    for (let i = 0; i < rounds; i++) {
        for (const { name, value, unit } of await measured('bench_layers', '1001'))
            values.set(name, { unit, all: [...(values.get(name)?.all ?? []), value] })
        peers.values.push(await peer())
    }
    for (const [name, { unit, all }] of values) report.add(`7 layers, 200 blocks: ${name}`, unit, all, goals[name])
    for (const name of ['resolve from the store', 'resolve and bind to components'])
        report.add(`400 changes: ${name}`, 'µs', values.get(name).all, { peer: peers, goal: 20, least: 20 })
    for (const { name, value, unit, goal } of await measured('bench_audience', String(PEOPLE), String(UNITS)))
        report.add(`audience: ${name}`, unit, [value], goal ? { goal, least: goal } : {})
}
