// From a write to the paint: a note added elsewhere is on the page a person looks at, in a real Chromium.
import { randomUUID } from 'node:crypto'
import { post, startServer } from '../harness.mjs'
import { openBrowser, openContext } from '../browser/browser.mjs'
import { enter } from '../browser/places.mjs'

const WRITES = 30

/** Lets the page say when a text was painted: the moment after the frame in which it first stood there. */
function watchPaints() {
    window.painted = (text) => new Promise((resolve) => {
        const look = () => {
            if (!document.querySelector('#b-memo').textContent.includes(text)) return
            watch.disconnect()
            requestAnimationFrame(() => setTimeout(() => resolve(Date.now())))
        }
        const watch = new MutationObserver(look)
        watch.observe(document.body, { subtree: true, childList: true, characterData: true })
        look()
    })
}

async function writeOnce(base, cookie, page) {
    const text = `备忘 ${randomUUID()}`
    const painted = page.evaluate((wanted) => window.painted(wanted), text)
    const from = Date.now()
    const reply = await post(base, '/act', { page: 'todo', block: 'memo', action: 'add', key: randomUUID(), 'input.text': text },
        { cookie, Accept: 'application/json' })
    if (reply.status !== 200) throw new Error(reply.text)
    return await painted - from
}

export async function benchPaint(report, { rounds }) {
    const server = await startServer()
    const browser = await openBrowser()
    const middle = []
    const slow = []
    try {
        const { context } = await openContext(browser)
        const cookie = await enter(context, server.base, 'wangfang', 'light')
        const page = await context.newPage()
        await page.goto(`${server.base}/w/todo`)
        await page.locator(':root[data-connected]').waitFor({ state: 'attached' })
        await page.evaluate(watchPaints)
        for (let round = 0; round < rounds; round++) {
            const times = []
            for (let i = 0; i < WRITES; i++) times.push(await writeOnce(server.base, cookie, page))
            times.sort((a, b) => a - b)
            middle.push(times[Math.floor(WRITES * 0.5)])
            slow.push(times[Math.floor(WRITES * 0.95)])
        }
    } finally {
        await browser.close()
        await server.stop()
    }
    report.add('live: from a write to the paint', 'ms', middle)
    report.add('live: from a write to the paint, 95 of 100', 'ms', slow)
}
