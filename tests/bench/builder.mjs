// The studio in a real Chromium: its bytes, how soon it can be used on a slow phone, how soon what one does is seen on a
// page of 100 blocks; beside Puck, driven by the same hands.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { openAuditor } from '../browser/auditor.mjs'
import { openContext } from '../browser/browser.mjs'
import { enter } from '../browser/places.mjs'
import { root, signIn } from '../harness.mjs'
import { bundle } from '../../studio/bundle.mjs'
import { hands, pointIn, runChecks } from './builder-checks.mjs'
import { ADMIN, EMPLOYEE, bundlePuck, openBrowser, pageOf, publishDraft, screens, startOurs, startPuck } from './builder-editors.mjs'

const BLOCKS = 100
const TURNS = 20 // of each act in a round
const PATIENCE_MS = 30_000
const KB = 1000
// Lighthouse's slow 4G over connections that stand, as after signing in: its round trip, nine tenths of its throughput.
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 1.6 * 1024 * 1024 / 8 * 0.9, uploadThroughput: 0.75 * 1024 * 1024 / 8 * 0.9 }
const SLOW_CPU = 4

const slowest = (times) => times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1]
const range = (n) => Array.from({ length: n }, (_, i) => i)

// ---- bytes ----

const weightOf = (files) => files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / KB

/** Of what the entries need at once, and of the largest file that is fetched when it is wanted. */
function weigh(files, entries) {
    const shell = new Set(files.filter(({ entry }) => entries.includes(entry)).flatMap(({ needs }) => needs))
    const lazy = files.filter((file) => !shell.has(file) && !file.entry)
    return { shell: weightOf([...shell]), lazy: Math.max(...lazy.map((file) => weightOf([file]))) }
}

async function bundleOurs() {
    const cmake = readFileSync(join(root, 'engine/CMakeLists.txt'), 'utf8')
    const bundles = [...cmake.matchAll(/^studio_bundle\(asset (?:early|builder) ENTRIES ([^)]+)\)/gm)]
    return (await Promise.all(bundles.map(([, entries]) => bundle({ entries: entries.trim().split(/\s+/) })))).flat()
}

async function benchBytes(report, puckFiles) {
    const ours = weigh(await bundleOurs(), ['early', 'builder', 'studio'])
    const puck = weigh(puckFiles, ['puck'])
    report.add('builder: the shell, scripts and styles', 'KB gzip', [ours.shell], { goal: 130, least: 130 })
    report.add('builder: the largest lazy file', 'KB gzip', [ours.lazy], { goal: 140, least: 140 })
    report.add('builder: the shell beside it', 'KB gzip', [ours.shell], { peer: { name: 'Puck', values: [puck.shell] } })
}

// ---- opening ----

/** In the page: when palette and canvas stand, and what is lifted can be put down. Milliseconds since the navigation began. */
function watchOpening({ frame, block, piece, blocks }) {
    if (top !== window) return
    window.usable = new Promise((resolve) => {
        const look = () => {
            const doc = document.querySelector(frame)?.contentDocument
            const stands = document.querySelector(piece) && doc?.readyState === 'complete' && doc.querySelectorAll(block).length >= blocks
            if (!stands) return void setTimeout(look, 20)
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
        }
        look()
    })
}

const kinds = {
    ours: { frame: '.stage[data-ready] iframe', block: '.b[id^="b-"]', piece: '.palette [data-component=memo]', into: '.b[id^="b-"]' },
    puck: { frame: '#preview-frame', block: '[data-puck-component]', piece: '[data-testid="drawer-item:Text"]', into: '[data-puck-component]' },
}

/** Opens an editor cold on a slow phone's line: until usable, the bytes by then, until the first drop is seen. */
async function timeOpening(browser, address, kind, cookie) {
    const context = await browser.newContext(screens.mouse)
    if (cookie) await context.addCookies([{ name: cookie.split('=')[0], value: cookie.split('=')[1], url: address }])
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const cdp = await context.newCDPSession(page)
    let bytes = 0
    const asked = new Set() // a frame's srcdoc is told as loaded too, but was never asked for
    cdp.on('Network.requestWillBeSent', ({ requestId }) => asked.add(requestId))
    cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { if (asked.has(requestId)) bytes += encodedDataLength })
    await cdp.send('Network.enable')
    await cdp.send('Network.emulateNetworkConditions', SLOW_4G)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOW_CPU })
    await page.addInitScript(watchOpening, { ...kind, blocks: 1 })
    await page.goto(address, { waitUntil: 'commit' })
    const usable = await page.evaluate(() => window.usable)
    const then = bytes
    const dropped = await firstDrop({ page, cdp, frame: kind.frame }, kind)
    await context.close()
    return { usable, bytes: then / KB, dropped }
}

async function firstDrop(editor, { block, piece, into }) {
    const count = () => editor.page.evaluate(([frame, wanted]) => document.querySelector(frame).contentDocument.querySelectorAll(wanted).length, [editor.frame, block])
    const before = await count()
    await hands.mouse.take(editor, editor.page.locator(piece))
    const to = await pointIn(editor, into, 0.1)
    await editor.page.mouse.move(to.x, to.y, { steps: 6 })
    await editor.page.mouse.up()
    return editor.page.evaluate(([frame, wanted, more]) => new Promise((resolve) => {
        const look = () => {
            const now = document.querySelector(frame)?.contentDocument?.querySelectorAll(wanted).length
            if (now === more) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
            else setTimeout(look, 20)
        }
        look()
    }), [editor.frame, block, before + 1])
}

async function benchOpening(report, rounds, browser, ours, puck) {
    const { cookie } = await signIn(ours.base, ADMIN)
    const seen = { ours: [], puck: [] }
    for (const _ of range(rounds)) {
        seen.ours.push(await timeOpening(browser, `${ours.base}/studio`, kinds.ours, cookie))
        seen.puck.push(await timeOpening(browser, `${puck.base}/`, kinds.puck))
    }
    const of = (what) => [seen.ours.map((one) => one[what]), { name: 'Puck', values: seen.puck.map((one) => one[what]) }]
    const [usable, puckUsable] = of('usable')
    report.add('builder: usable on slow 4G, processor at a quarter', 'ms', usable, { goal: 1500, least: 1500 })
    report.add('builder: usable, beside it', 'ms', usable, { peer: puckUsable })
    const [bytes, puckBytes] = of('bytes')
    report.add('builder: bytes until usable', 'KB', bytes, { peer: puckBytes })
    const [dropped, puckDropped] = of('dropped')
    report.add('builder: until the first drop is seen', 'ms', dropped, { peer: puckDropped })
}

// ---- on a page of 100 blocks ----

/** In the page: starts waiting for an event anywhere, then for something in the canvas; `window.watched` gives the milliseconds to its paint. */
function watchAct({ event, frame, selector, count, text, patience }) {
    const inner = document.querySelector(frame).contentDocument
    let from = 0
    const note = ({ timeStamp, view, target }) => {
        from ||= (view ?? target.ownerDocument.defaultView).performance.timeOrigin + timeStamp
    }
    for (const doc of [document, inner]) doc.addEventListener(event, note, { capture: true, once: true })
    window.watched = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`nothing is seen of ${event}`)), patience)
        const look = () => {
            const found = from && document.querySelector(frame).contentDocument.querySelectorAll(selector)
            if (!found || (count ? found.length !== count : !found[0]?.textContent.includes(text))) return void requestAnimationFrame(look)
            setTimeout(() => resolve(performance.timeOrigin + performance.now() - from)) // behind the paint of this frame
        }
        look()
    })
}

const countBlocks = (editor) => editor.page.evaluate(([frame, block]) => document.querySelector(frame).contentDocument.querySelectorAll(block).length, [editor.frame, editor.block])

export async function timeDrop(editor, turn) {
    await hands.mouse.take(editor, editor.piece)
    await hands.mouse.over(editor, editor.blockOf(`b${turn * 3}`), 0.1)
    await editor.page.evaluate(watchAct, { event: 'pointerup', frame: editor.frame, selector: editor.block, count: await countBlocks(editor) + 1, patience: PATIENCE_MS })
    await hands.mouse.drop(editor)
    const took = await editor.page.evaluate(() => window.watched)
    await editor.rest()
    return took
}

export async function timeEdit(editor, turn) {
    const field = await editor.field(`b${turn * 3}`)
    const text = `改 ${turn} ${Date.now()}`
    await field.focus()
    await field.selectText()
    await editor.page.evaluate(watchAct, { event: 'input', frame: editor.frame, selector: editor.blockOf(`b${turn * 3}`), text, patience: PATIENCE_MS })
    await editor.page.keyboard.insertText(text)
    await editor.page.keyboard.press('Enter')
    const took = await editor.page.evaluate(() => window.watched)
    await editor.rest()
    return took
}

/** Milliseconds between frames while something is carried over the page and on to its edge, where the page scrolls. */
export async function timeFrames(editor) {
    await hands.mouse.take(editor, editor.piece)
    await hands.mouse.over(editor, editor.blockOf('b0'), 0.1)
    const from = await pointIn(editor, editor.blockOf('b0'), 0.1)
    const bottom = await editor.page.evaluate((frame) => document.querySelector(frame).getBoundingClientRect().bottom, editor.frame)
    const before = await processorTime(editor)
    await editor.page.evaluate(() => {
        window.frames_ = []
        let last = 0
        const tick = (now) => {
            if (last) window.frames_.push(now - last)
            last = now
            window.ticking = requestAnimationFrame(tick)
        }
        window.ticking = requestAnimationFrame(tick)
    })
    for (let i = 1; i <= 120; i++) {
        await editor.page.mouse.move(from.x + 40 * Math.sin(i / 9), from.y + (bottom - 20 - from.y) * Math.min(1, i / 90))
        await editor.page.waitForTimeout(8)
    }
    const frames = await editor.page.evaluate(() => {
        cancelAnimationFrame(window.ticking)
        return window.frames_
    })
    const busy = await processorTime(editor) - before
    await hands.mouse.giveUp(editor)
    await editor.rest()
    return { slow: slowest(frames), busy: busy / frames.length }
}

async function processorTime({ cdp }) {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000
}

async function benchActs(report, rounds, browser, makers) {
    const acts = { drop: timeDrop, edit: timeEdit }
    const seen = Object.fromEntries(makers.map(({ name }) => [name, { drop: [], edit: [], slow: [], busy: [] }]))
    for (const _ of range(rounds)) {
        for (const maker of makers) {
            const editor = await maker.open(browser, 'mouse')
            await editor.cdp.send('Performance.enable')
            for (const [act, time] of Object.entries(acts)) {
                const times = []
                for (const turn of range(TURNS)) times.push(await time(editor, turn))
                seen[maker.name][act].push(slowest(times))
            }
            const { slow, busy } = await timeFrames(editor)
            seen[maker.name].slow.push(slow)
            seen[maker.name].busy.push(busy)
            await editor.close()
        }
    }
    const [ours, puck] = makers.map(({ name }) => seen[name])
    const add = (name, what, limit) => {
        report.add(`builder: ${name}`, 'ms', ours[what], limit && { goal: limit, least: limit })
        report.add(`builder: ${name}, beside it`, 'ms', ours[what], { peer: { name: 'Puck', values: puck[what] } })
    }
    add(`from the drop to the paint on ${BLOCKS} blocks, 95 of 100`, 'drop', 100)
    add('from a property to the canvas, 95 of 100', 'edit', 80)
    add('between frames while dragging, 95 of 100', 'slow', 17)
    add('processor time a frame while dragging', 'busy')
}

// ---- to the employee ----

async function timePublish(editor, page, cookie, turn) {
    const field = await editor.field('b0')
    const text = `发布 ${turn} ${Date.now()}`
    await field.fill(text)
    await field.press('Enter')
    await editor.rest()
    const painted = page.evaluate((wanted) => window.painted(wanted), text)
    const from = Date.now()
    await publishDraft(editor.base, cookie)
    return await painted - from
}

function watchPaints() {
    window.painted = (text) => new Promise((resolve) => {
        const look = () => document.body.textContent.includes(text) ? setTimeout(() => resolve(Date.now())) : void requestAnimationFrame(look)
        look()
    })
}

async function benchPublish(report, rounds, browser, ours) {
    const { context } = await openContext(browser)
    await enter(context, ours.base, EMPLOYEE, 'light')
    const page = await context.newPage()
    await page.goto(`${ours.base}/w/bench`)
    await page.locator(':root[data-connected]').waitFor({ state: 'attached' })
    await page.evaluate(watchPaints)
    const editor = await ours.open(browser, 'mouse')
    const times = []
    for (const round of range(rounds)) times.push(await timePublish(editor, page, editor.cookie, round))
    report.add('builder: from publishing to an open page', 'ms', times, { goal: 1000, least: 1000 })
    await editor.close()
    await context.close()
}

// ---- by whom it can be used ----

async function benchAudit(report, ours) {
    const auditor = await openAuditor()
    try {
        const { cookie } = await signIn(ours.base, ADMIN)
        const { scores } = await auditor.audit(`${ours.base}/studio`, cookie)
        for (const what of ['accessibility', 'best-practices'])
            report.add(`builder: Lighthouse ${what}`, 'of 100', [scores[what]], { goal: 100, least: 100, higher: true })
    } finally {
        await auditor.close()
    }
}

async function benchChecks(report, browser, makers) {
    const passed = []
    for (const maker of makers) {
        const results = await runChecks(maker, browser)
        passed.push(results.filter(({ why }) => !why).length)
        for (const { way, name, why } of results.filter((one) => one.why)) report.note(`${maker.name}, by ${way}, ${name}: ${why}`)
        if (maker === makers[0]) report.add('builder: checks passed by mouse, touch and keyboard', `of ${results.length}`, [passed[0]], { goal: results.length, least: results.length, higher: true })
    }
    report.add('builder: checks passed, beside it', '', [passed[0]], { peer: { name: 'Puck', values: [passed[1]] }, more: true })
}

/** Starts both with a page of `n` blocks, and ends them. */
async function withBoth(n, puckFiles, use) {
    const makers = []
    try {
        makers.push(await startOurs(pageOf(n)), await startPuck(pageOf(n), puckFiles))
        await use(makers)
    } finally {
        await Promise.all(makers.map((maker) => maker.stop()))
    }
}

export async function benchBuilder(report, { rounds }) {
    const puckFiles = await bundlePuck()
    const browser = await openBrowser()
    try {
        await benchBytes(report, puckFiles)
        await withBoth(BLOCKS, puckFiles, async (makers) => {
            await benchOpening(report, rounds, browser, ...makers)
            await benchActs(report, rounds, browser, makers)
            await benchPublish(report, rounds, browser, makers[0])
            await benchAudit(report, makers[0])
        })
        await withBoth(6, puckFiles, (makers) => benchChecks(report, browser, makers))
    } finally {
        await browser.close()
    }
}
