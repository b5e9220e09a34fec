// From exec to the first signed-in page, with the store's file in the page cache.
import { ours } from './servers.mjs'
import { freePort, keepTrack, prepareReference, readSessions, start, stop, untilReady } from './world.mjs'

async function once(token) {
    const port = await freePort()
    const from = process.hrtime.bigint()
    const child = keepTrack(await start(ours(port)))
    const there = await untilReady(child, port, '/w/home', { Cookie: `sid=${token}` })
    await stop(child)
    return Number(there - from) / 1e6
}

export async function benchStart(report, { rounds }) {
    prepareReference()
    const [{ token }] = readSessions()
    const ms = []
    for (let i = 0; i < Math.max(rounds, 5); i++) ms.push(await once(token))
    report.add('start to first page, 50 000 people', 'ms', ms, { goal: 200, least: 200 })
}
