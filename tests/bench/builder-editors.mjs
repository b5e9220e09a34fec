// The studio and Puck as one kind of thing, so that the same hands drive both: where the palette is, where blocks stand,
// what is said. A page is a list of blocks, 'text' or 'section'.
import { openStudio } from '../browser/builder.mjs'
import { openBrowser } from '../browser/browser.mjs'
import { signIn, startServer } from '../harness.mjs'
import { bundlePuck, servePuck } from './peers/puck.mjs'

export const UNIT = 'huaheng-jl'
export const ADMIN = 'zhoumingyuan'
export const EMPLOYEE = 'liwei'
const PAGE = 'bench'

/** `n` blocks of which every tenth, and the third, is a section. */
export const pageOf = (n) => Array.from({ length: n }, (_, i) => ({ id: `b${i}`, kind: i === 2 || i % 10 === 9 ? 'section' : 'text' }))

const screen = { viewport: { width: 1440, height: 900 }, isMobile: false, deviceScaleFactor: 1 }
export const screens = { mouse: { ...screen, hasTouch: false }, keyboard: { ...screen, hasTouch: false }, touch: { ...screen, hasTouch: true } }

// ---- ours ----

const componentOf = { text: 'rich-text', section: 'section' }
const verbOf = ({ id, kind }) => ({
    verb: 'add', block: id, component: componentOf[kind], into: 'main',
    props: { title: { zh: `卡片 ${id}`, en: `Card ${id}` }, ...(kind === 'text' ? { text: '正文' } : {}) },
})

async function desk(base, cookie, path, init = {}) {
    const reply = await fetch(`${base}/api/v1/tenants/${UNIT}/layers/${PAGE}/draft${path}`,
        { ...init, headers: { cookie, 'Content-Type': 'application/json', ...init.headers } })
    if (!reply.ok) throw new Error(await reply.text())
    return reply.json()
}

/** Publishes what the draft holds. */
export async function publishDraft(base, cookie) {
    const { version } = await desk(base, cookie, '')
    return desk(base, cookie, '/publish', { method: 'POST', headers: { 'If-Match': `"${version}"` }, body: JSON.stringify({ reason: 'bench' }) })
}

async function preparePage(base, blocks) {
    const { cookie } = await signIn(base, ADMIN)
    const { version } = await desk(base, cookie, '')
    const title = { verb: 'set', block: 'page', at: '/title', value: { zh: '测量', en: 'Bench' } }
    await desk(base, cookie, '/commands', { method: 'POST', body: JSON.stringify({ base: version, verbs: [title, ...blocks.map(verbOf)] }) })
    await publishDraft(base, cookie)
}

async function openOurs(browser, base, way) {
    const studio = await openStudio(browser, base, ADMIN, screens[way], { examples: true })
    await studio.open(UNIT, PAGE)
    return {
        ...studio,
        frame: '.device iframe',
        block: '.b[id^="b-"]',
        liftKey: 'Enter',
        blockOf: (id) => `#b-${id}`,
        nested: (id) => `#b-${id} .region-empty`,
        piece: studio.piece('memo'),
        mark: studio.page.locator('.line'),
        undo: studio.page.getByRole('button', { name: '撤销' }),
        lifted: () => studio.page.locator('.studio[data-dragging]').count().then(Boolean),
        async grip(id) {
            await studio.select(id)
            return studio.grip(id)
        },
        async field(id) {
            await studio.select(id)
            return studio.page.locator('.props input[lang=zh]').first()
        },
        order: () => studio.order(UNIT, PAGE),
        inside: (id) => studio.order(UNIT, PAGE, `${id}/content`),
        rest: () => studio.settled(),
        begin: () => studio.open(UNIT, PAGE),
    }
}

/** The demo with a page of these blocks. */
export async function startOurs(blocks) {
    const server = await startServer()
    await preparePage(server.base, blocks)
    return { name: 'the studio', base: server.base, open: (browser, way) => openOurs(browser, server.base, way), stop: () => server.stop() }
}

// ---- Puck ----

const puckOf = ({ id, kind }) => kind === 'text'
    ? { type: 'Text', props: { id, title: `卡片 ${id}`, text: '正文' } }
    : { type: 'Section', props: { id, title: `卡片 ${id}`, content: [] } }

async function openPuck(browser, base, way) {
    const context = await browser.newContext(screens[way])
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    const cdp = await context.newCDPSession(page)
    const canvas = page.frameLocator('#preview-frame')
    const ids = (selector) => page.evaluate((wanted) => [...document.querySelector('#preview-frame').contentDocument.querySelectorAll(wanted)]
        .map((one) => one.dataset.puckComponent), `${selector} > [data-puck-component]:not([data-dnd-placeholder])`)
    const editor = {
        base, context, cdp, page, canvas,
        frame: '#preview-frame',
        block: '[data-puck-component]:not([data-dnd-dragging]):not([data-dnd-placeholder])',
        liftKey: 'Space', // as it says itself, in what describes each piece
        blockOf: (id) => `[data-puck-component="${id}"]`,
        nested: (id) => `[data-puck-dropzone="${id}:content"]`,
        piece: page.locator('[data-testid="drawer-item:Text"]'),
        mark: canvas.locator('[data-dnd-placeholder]'),
        undo: page.getByRole('button', { name: /undo/i }),
        lifted: () => canvas.locator('[data-dnd-dragging]').count().then(async (inside) => inside + await page.locator('[data-dnd-dragging], [aria-grabbed=true]').count() > 0),
        grip: async (id) => canvas.locator(`[data-puck-component="${id}"]`),
        async field(id) {
            await canvas.locator(`[data-puck-component="${id}"]`).click()
            return page.locator('input[name=title]:visible').first()
        },
        order: () => ids('[data-puck-dropzone="root:default-zone"]'),
        inside: (id) => ids(`[data-puck-dropzone="${id}:content"]`),
        rest: () => page.waitForTimeout(400), // its drop ends in an animation, then it takes in what was done
        async begin() {
            await page.goto(`${base}/`)
            await canvas.locator('[data-puck-component]').first().waitFor({ state: 'attached' })
            await page.locator('[data-testid^="drawer-item:"]').first().waitFor()
        },
        close: () => context.close(),
    }
    await editor.begin()
    return editor
}

/** Puck's editor with the same page. */
export async function startPuck(blocks, files) {
    const server = await servePuck(files ?? await bundlePuck(), blocks.map(puckOf))
    return { name: 'Puck', base: server.base, open: (browser, way) => openPuck(browser, server.base, way), stop: server.stop }
}

export { bundlePuck, openBrowser }
