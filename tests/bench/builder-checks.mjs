// What one must be able to do in an editor with a mouse, a finger and a keyboard: the same acts in the studio and in Puck.
import assert from 'node:assert/strict'

const touch = (editor, type, at) => editor.cdp.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [{ ...at, id: 1 }] : [] })
const MOST_ARROWS = 40
const NEAR_PX = 30
const REST_MS = 250
const HOLD_MS = 450 // a long press: both take after 220 at the latest

/** A point of the window over something in the canvas, `down` its height, scrolled to where it can be seen. */
export const pointIn = (editor, selector, down = 0.5) => editor.page.evaluate(([frameSelector, wanted, y]) => {
    const frame = document.querySelector(frameSelector)
    const element = frame.contentDocument.querySelector(wanted)
    const inFrame = element.getBoundingClientRect()
    if (inFrame.top < 60 || inFrame.bottom > frame.contentWindow.innerHeight - 60) element.scrollIntoView({ block: 'center' })
    const outer = frame.getBoundingClientRect()
    const rect = element.getBoundingClientRect()
    const scale = outer.width / frame.offsetWidth
    return { x: outer.left + scale * (rect.left + rect.width / 2), y: outer.top + scale * (rect.top + rect.height * y) }
}, [editor.frame, selector, down])

async function middleOf(locator) {
    await locator.scrollIntoViewIfNeeded()
    const box = await locator.boundingBox()
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

const glide = async (editor, to, step) => {
    const from = editor.at
    for (let i = 1; i <= 12; i++) await step({ x: from.x + (to.x - from.x) * i / 12, y: from.y + (to.y - from.y) * i / 12 })
    editor.at = to
}

/** Over a place and, as a person would, once more when what makes room has moved it. */
async function hover(editor, selector, down, step) {
    for (let aim = 0; aim < 2; aim++) {
        await glide(editor, await pointIn(editor, selector, down), step)
        await editor.page.waitForTimeout(REST_MS)
    }
}

// Each takes hold of what a locator finds, goes over a place in the canvas, and lets go or gives up.
export const hands = {
    mouse: {
        async take(editor, locator) {
            editor.at = await middleOf(locator)
            await editor.page.mouse.move(editor.at.x, editor.at.y)
            await editor.page.mouse.down()
            await editor.page.mouse.move(editor.at.x + 9, editor.at.y + 9, { steps: 3 })
        },
        over: (editor, selector, down) => hover(editor, selector, down, (at) => editor.page.mouse.move(at.x, at.y)),
        drop: (editor) => editor.page.mouse.up(),
        async giveUp(editor) {
            await editor.page.keyboard.press('Escape')
            await editor.page.mouse.up()
        },
        use: (locator) => locator.click(),
    },
    touch: {
        async take(editor, locator) {
            editor.at = await middleOf(locator)
            await touch(editor, 'touchStart', editor.at)
            await editor.page.waitForTimeout(HOLD_MS)
            await touch(editor, 'touchMove', { x: editor.at.x + 3, y: editor.at.y + 3 })
        },
        over: (editor, selector, down) => hover(editor, selector, down, (at) => touch(editor, 'touchMove', at)),
        drop: (editor) => touch(editor, 'touchEnd'),
        giveUp: (editor) => touch(editor, 'touchCancel'),
        use: (locator) => locator.tap(),
    },
    keyboard: {
        async take(editor, locator) {
            await locator.focus()
            await editor.page.keyboard.press(editor.liftKey)
            await editor.page.waitForTimeout(100)
            assert.ok(await editor.lifted(), `${editor.liftKey} picks nothing up`)
        },
        async over(editor, selector, down) {
            for (let i = 0; i < MOST_ARROWS; i++) {
                const mark = await middleOf(editor.mark)
                if (Math.abs(mark.y - (await pointIn(editor, selector, down)).y) < NEAR_PX) return
                await editor.page.keyboard.press('ArrowDown')
            }
            assert.fail('the arrows do not come to the place')
        },
        drop: (editor) => editor.page.keyboard.press(editor.liftKey),
        giveUp: (editor) => editor.page.keyboard.press('Escape'),
        use: (locator, editor) => editor.page.keyboard.press('Control+z'),
    },
}

const until = async (text, test) => {
    for (let i = 0; i < 30; i++) {
        if (await test()) return
        await new Promise((done) => { setTimeout(done, 100) })
    }
    assert.fail(text)
}

async function drag(editor, hand, locator, selector, down) {
    await hand.take(editor, locator)
    await hand.over(editor, selector, down)
    await hand.drop(editor)
    await editor.rest()
}

const spoken = (editor) => editor.page.evaluate(() =>
    [...document.querySelectorAll('[aria-live], [role=status], [role=alert]')].map((one) => one.textContent.trim()).join(' ').trim())

/** Each is given a fresh page of pageOf(6): b2 is an empty section. */
export const checks = {
    async 'from the palette to a place'(editor, hand) {
        const before = await editor.order()
        await drag(editor, hand, editor.piece, editor.blockOf('b1'), 0.1)
        await until('it is not between the first and the second', async () => {
            const now = await editor.order()
            return now.length === before.length + 1 && now[0] === 'b0' && now[2] === 'b1'
        })
    },
    async 'within the page'(editor, hand) {
        await drag(editor, hand, await editor.grip('b0'), editor.blockOf('b1'), 0.95)
        await until('it does not stand behind the next', async () => (await editor.order()).join(' ').startsWith('b1 b0 b2'))
    },
    async 'into a region within a block'(editor, hand) {
        await drag(editor, hand, editor.piece, editor.nested('b2'), 0.5)
        await until('the region is empty', async () => (await editor.inside('b2')).length === 1)
    },
    async 'given up'(editor, hand) {
        const before = await editor.order()
        await hand.take(editor, editor.piece)
        await hand.over(editor, editor.blockOf('b1'), 0.1)
        await hand.giveUp(editor)
        await editor.rest()
        await until('still lifted', async () => !await editor.lifted())
        assert.deepEqual(await editor.order(), before)
    },
    async 'undone'(editor, hand) {
        const before = await editor.order()
        await drag(editor, hands.mouse, editor.piece, editor.blockOf('b1'), 0.1)
        await until('nothing was added', async () => (await editor.order()).length === before.length + 1)
        await hand.use(editor.undo, editor)
        await until('it still stands', async () => (await editor.order()).join() === before.join())
    },
    async 'said to a screen reader'(editor, hand) {
        const quiet = await spoken(editor)
        await hand.take(editor, editor.piece)
        await hand.over(editor, editor.blockOf('b1'), 0.1)
        await until('nothing is said of what was lifted', async () => await spoken(editor) !== quiet)
        const lifted = await spoken(editor)
        await hand.drop(editor)
        await until('nothing is said of where it was put', async () => ![quiet, lifted, ''].includes(await spoken(editor)))
    },
}

/** Every check by each hand: { way, name, why } with why not, empty where it passes. */
export async function runChecks(maker, browser) {
    const results = []
    for (const [way, hand] of Object.entries(hands)) {
        for (const [name, check] of Object.entries(checks)) {
            const editor = await maker.open(browser, way)
            const why = await check(editor, hand).then(() => '', (error) => error.message.split('\n')[0])
            results.push({ way, name, why })
            await editor.close()
        }
    }
    return results
}
