// Every place in every mode: as it should look, whole, usable by everybody, valid HTML. The pictures are written to
// build/screenshots, for eyes. PINBAN_ALL=1 takes every place, mode and width for each featured person.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { get, scratch, signIn } from '../harness.mjs';
import { openContext, openStage, pictureFile, violations } from './browser.mjs';
import { cutTexts, enter, modes, overflow, places, widths } from './places.mjs';

const all = Boolean(process.env.PINBAN_ALL);
const require = createRequire(import.meta.url);

const { server, browser } = await openStage();

/** Widens the window to the whole page, so that what is fixed at an edge stays there. */
async function picture(page, width, name) {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(844, height) });
  await page.screenshot({ path: pictureFile(name) });
  await page.setViewportSize({ width, height: 844 });
}

async function look(page, who, place, mode, somewhere) {
  const faults = [];
  await page.goto(server.base + places[place], { waitUntil: 'load' });
  for (const width of somewhere) {
    await page.setViewportSize({ width, height: 844 });
    const name = `${who}-${place}-${mode}-${width}`;
    await picture(page, width, name);
    if (await page.locator('.state-error').count()) faults.push(`${name}: a card is broken: ${server.log()}`);
    if (await overflow(page) > 0) faults.push(`${name}: wider than the window`);
    for (const text of await cutTexts(page)) faults.push(`${name}: cut: ${text}`);
  }
  for (const one of await violations(page)) faults.push(`${who}-${place}-${mode}: ${one}`);
  return faults;
}

/** By default every place is seen on a phone, and what differs most in every mode and width. */
const placesOf = (mode) => (all || mode === 'light' ? Object.keys(places) : ['home', 'todo', 'notice', 'search-found', 'me']);
const widthsOf = (place, mode) => {
  if (all || (place === 'home' && ['light', 'large'].includes(mode))) return widths;
  return place === 'home' ? [360, 1280] : [390];
};

const walkers = all ? ['zhoumingyuan', 'wangfang', 'shenliqun', 'madeshun', 'xuyizhou', 'elinsolberg', 'hanyumei', 'guozhicheng'] : ['wangfang'];
for (const who of walkers) {
  for (const mode of Object.keys(modes)) {
    test(`${who} in ${mode}: whole, in one piece, without barriers`, async () => {
      const { context, faults } = await openContext(browser);
      await enter(context, server.base, who, mode);
      const page = await context.newPage();
      const found = [];
      for (const place of placesOf(mode)) found.push(...await look(page, who, place, mode, widthsOf(place, mode)));
      await context.close();
      assert.deepEqual(found, []);
      assert.deepEqual(faults.filter((one) => !/nowhere|404 \(Not Found\)/.test(one)), []);
    });
  }
}

test('each featured person has a whole home page of her own on a phone', async () => {
  const seen = new Set();
  const people = ['zhoumingyuan', 'shenliqun', 'madeshun', 'xuyizhou', 'elinsolberg', 'hanyumei', 'guozhicheng'];
  for (const who of people) {
    const { context, faults } = await openContext(browser);
    await enter(context, server.base, who);
    const page = await context.newPage();
    assert.deepEqual(await look(page, who, 'home', 'own', [390]), []);
    assert.deepEqual(faults, []);
    seen.add(await page.locator('main').innerText());
    await context.close();
  }
  assert.equal(seen.size, people.length);
});

test('the door and its errors are whole and without barriers', async () => {
  for (const [colorScheme, locale] of [['light', 'zh-CN'], ['dark', 'en-GB']]) {
    const { context } = await openContext(browser, { colorScheme, locale });
    const page = await context.newPage();
    await page.goto(`${server.base}/`, { waitUntil: 'load' });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 844 });
      await picture(page, width, `door-${colorScheme}-${locale}-${width}`);
      assert.ok(await overflow(page) <= 0, `${width}`);
      assert.deepEqual(await cutTexts(page), []);
    }
    assert.deepEqual(await violations(page), []);
    await page.fill('#name', 'wangfang');
    await page.fill('#password', 'wrong');
    await page.click('.button-wide');
    await page.waitForSelector('[role=alert]');
    await picture(page, 390, `door-wrong-${colorScheme}-${locale}`);
    assert.deepEqual(await violations(page), []);
    await context.close();
  }
});

test('every place is valid HTML to the Nu checker, in both languages', async () => {
  const folder = scratch();
  const { cookie } = await signIn(server.base, 'hanyumei');
  const { cookie: english } = await signIn(server.base, 'elinsolberg');
  writeFileSync(join(folder, 'door.html'), await (await get(server.base, '/')).text());
  for (const [name, path] of Object.entries(places)) {
    writeFileSync(join(folder, `${name}.html`), await (await get(server.base, path, cookie)).text());
    writeFileSync(join(folder, `${name}-en.html`), await (await get(server.base, path, english)).text());
  }
  const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
  const { stdout } = await promisify(execFile)('java', ['-Xss2m', '-jar', jar, '--stdout', '--exit-zero-always', '--format', 'gnu', '--errors-only', folder], { maxBuffer: 1 << 24 });
  // SVG 2 gives every shape a pathLength; the checker knows it of paths only.
  const errors = stdout.trim().split('\n').filter((line) => line && !line.includes('“pathLength” not allowed on element “circle”'));
  assert.deepEqual(errors.slice(0, 10), []);
});

test('every icon a page asks for is in the sprite', async () => {
  for (const who of ['wangfang', 'shenliqun', 'hanyumei', 'guozhicheng', 'zhoumingyuan']) {
    const { cookie } = await signIn(server.base, who);
    for (const path of Object.values(places)) {
      const html = await (await get(server.base, path, cookie)).text();
      const used = [...html.matchAll(/<use href="([^"#]+)#([^"]*)"/g)];
      if (!used.length) continue;
      const sprite = await (await get(server.base, used[0][1])).text();
      for (const [, , id] of used) assert.ok(sprite.includes(`<symbol id="${id}"`), `${who} ${path}: ${id}`);
    }
  }
});
