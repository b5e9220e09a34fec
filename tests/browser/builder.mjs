// The studio in a browser: opening a layer in it, and dragging by mouse, by touch and by keyboard.
import assert from 'node:assert/strict';
import { openContext } from './browser.mjs';
import { enter } from './places.mjs';

export const desk = { viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1 };
export const tablet = { viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: true, deviceScaleFactor: 1 };

/** Chromium's warning of a frame with both allowances: the canvas' policy is what forbids its scripts. */
const expected = /allow-scripts and allow-same-origin/;

/** One administrator at one screen. */
export async function openStudio(browser, base, name, options = desk, { mode, examples = false, guide = false } = {}) {
  const { context, faults } = await openContext(browser, options);
  const cookie = await enter(context, base, name, mode);
  if (!guide) await fetch(`${base}/api/v1/me/guide`, { method: 'PUT', headers: { cookie, 'Content-Type': 'application/json' }, body: '{"guide":9}' });
  // Pictures of components cost most of the time to open; one of those here is meant to fail.
  await context.route(examples ? /\/studio\/example\?.*trial/ : /\/studio\/example\?/, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const cdp = await context.newCDPSession(page);
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  const studio = {
    base, context, cdp, cookie, page,
    get faults() { return faults.filter((fault) => !expected.test(fault)); },
    forget: () => faults.splice(0),
    canvas: page.frameLocator('.device iframe'),
    async api(path, init = {}) {
      const reply = await fetch(`${base}/api/v1/${path}`, { ...init, headers: { cookie, 'Content-Type': 'application/json', ...init.headers } });
      return { status: reply.status, body: await reply.json() };
    },
    preview: async (unit, layer) => (await studio.api(`tenants/${unit}/layers/${layer}/draft/preview`)).body,
    /** What stands in a region, in order, as the server has it. */
    async order(unit, layer, region = 'main') {
      return (await studio.preview(unit, layer)).blocks.filter((block) => block.region === region).map((block) => block.id);
    },
    /** Throws the draft away and opens the layer as if for the first time. */
    async open(unit, layer, { fresh = true } = {}) {
      if (fresh) {
        const { body } = await studio.api(`tenants/${unit}/layers/${layer}/draft`);
        if (body.changed) assert.equal((await studio.api(`tenants/${unit}/layers/${layer}/draft`, { method: 'DELETE', headers: { 'If-Match': `"${body.version}"` } })).status, 200);
      }
      const there = page.url().startsWith(`${base}/studio`);
      if (there && fresh) await page.evaluate(() => sessionStorage.clear());
      await page.goto(`${base}/studio#/${unit}/${layer}`);
      if (there) await page.reload();
      await studio.ready();
    },
    async ready() {
      await page.locator('.stage[data-ready]').waitFor({ state: 'attached' });
    },
    /** Nothing waits to be sent, and what the server answered is shown. */
    async settled() {
      await page.locator('.studio:not([data-busy])').waitFor();
    },
    said: () => page.locator('[aria-live=assertive]').textContent(),
    spoken: (pattern) => page.waitForFunction((text) => new RegExp(text).test(document.querySelector('[aria-live=assertive]').textContent), pattern.source),
    piece: (component) => page.locator(`.palette [data-component="${component}"]`),
    grip: (block) => page.locator(`.box[data-block="${block}"] .grip`),
    row: (block) => page.locator(`.tree [data-row="${block}"]`),
    touch: (type, x, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' || type === 'touchCancel' ? [] : [{ x, y, id: 1 }] }),
    side: (name) => page.locator(`#tab-${name}`).click(),
    async select(block, at = `#b-${block}`) {
      const point = await studio.pointIn(at, 0.5, 0.3);
      if (options.hasTouch) await page.touchscreen.tap(point.x, point.y);
      else await page.mouse.click(point.x, point.y);
      await page.locator(`.box[data-block="${block}"]`).waitFor();
    },
    /** A point of the window over something in the canvas, scrolled into view there. */
    async pointIn(selector, down = 0.5, along = 0.5) {
      await studio.canvas.locator(selector).first().evaluate((element) => {
        const rect = element.getBoundingClientRect();
        if (rect.top < 70 || rect.bottom > innerHeight - 80) element.scrollIntoView({ block: 'center' });
      });
      return page.evaluate(([wanted, y, x]) => {
        const frame = document.querySelector('.device iframe');
        const outer = frame.getBoundingClientRect();
        const scale = outer.width / frame.offsetWidth;
        const rect = frame.contentDocument.querySelector(wanted).getBoundingClientRect();
        return { x: outer.left + scale * (rect.left + rect.width * x), y: outer.top + scale * (rect.top + rect.height * y) };
      }, [selector, down, along]);
    },
    close: () => context.close(),
  };
  return studio;
}

const middle = async (locator) => {
  await locator.scrollIntoViewIfNeeded();
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/**
 * The same three acts by each way: `take` something, go `over` a place, `drop` or `cancel`. A place is
 * { before, after or inside: a block or a region, said: what a screen reader hears there }.
 */
export const ways = {
  mouse: {
    options: desk,
    async take(studio, locator) {
      studio.at = await middle(locator);
      await studio.page.mouse.move(studio.at.x, studio.at.y);
      await studio.page.mouse.down();
      await studio.page.mouse.move(studio.at.x + 9, studio.at.y + 9, { steps: 2 });
    },
    async to(studio, point) {
      await studio.page.mouse.move(point.x, point.y, { steps: 6 });
      studio.at = point;
    },
    drop: (studio) => studio.page.mouse.up(),
    async cancel(studio) {
      await studio.page.keyboard.press('Escape');
      await studio.page.mouse.up();
    },
  },
  touch: {
    options: tablet,
    async take(studio, locator) {
      studio.at = await middle(locator);
      await studio.touch('touchStart', studio.at.x, studio.at.y);
      await studio.page.locator('.studio[data-dragging]').waitFor();
    },
    async to(studio, point) {
      const from = studio.at;
      for (let i = 1; i <= 6; i++) await studio.touch('touchMove', from.x + (point.x - from.x) * i / 6, from.y + (point.y - from.y) * i / 6);
      studio.at = point;
    },
    drop: (studio) => studio.touch('touchEnd'),
    cancel: (studio) => studio.touch('touchCancel'),
  },
  keyboard: {
    options: desk,
    async take(studio, locator) {
      await locator.focus();
      await studio.page.keyboard.press('Enter');
      await studio.page.locator('.studio[data-dragging]').waitFor();
    },
    async over(studio, { said }) {
      const heard = [];
      for (let i = 0; i < 60; i++) {
        const now = await studio.said();
        if (said.test(now)) return;
        heard.push(now);
        await studio.page.keyboard.press('ArrowDown');
      }
      assert.fail(`never heard ${said}: ${heard.join(' | ')}`);
    },
    drop: (studio) => studio.page.keyboard.press('Enter'),
    cancel: (studio) => studio.page.keyboard.press('Escape'),
  },
};

async function overByPointer(studio, way, { before, after, inside }) {
  if (inside) await way.to(studio, await studio.pointIn(`template[data-region="${inside}"] + .region-empty`));
  else await way.to(studio, await studio.pointIn(`#b-${before ?? after}`, before ? 0.2 : 0.8));
}

export const over = (studio, way, place) => (way.over ? way.over(studio, place) : overByPointer(studio, way, place));

export async function drag(studio, way, locator, place) {
  await way.take(studio, locator);
  await over(studio, way, place);
  await studio.page.locator('.line').waitFor();
  await way.drop(studio);
  await studio.settled();
}
