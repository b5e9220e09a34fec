// People at work: on a phone, without script, with the keyboard alone, with the settings of their system.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { password } from '../harness.mjs';
import { openContext, openStage, signInPage } from './browser.mjs';
import { enter } from './places.mjs';

const { server, browser } = await openStage();

test('people sign in on a phone and see their own workbench', async () => {
  const wanted = { zhoumingyuan: '周明远', wangfang: '王芳', shenliqun: '沈立群', madeshun: '马德顺', elinsolberg: 'Elin' };
  for (const [name, shown] of Object.entries(wanted)) {
    const { context, faults } = await openContext(browser);
    const page = await signInPage(context, server.base, name);
    await page.waitForLoadState('load');
    assert.ok((await page.locator('h1').innerText()).includes(shown), name);
    assert.ok(await page.locator('main .card').count() >= 5, name);
    assert.deepEqual(faults, [], name);
    await context.close();
  }
});

test('a tap on a demo person at the door is a way in', async () => {
  const { context, faults } = await openContext(browser);
  const page = await context.newPage();
  await page.goto(server.base, { waitUntil: 'load' });
  await page.getByRole('button', { name: '许一舟' }).tap();
  await page.waitForURL('**/w/home');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.scheme), 'dark');
  assert.deepEqual(faults, []);
  await context.close();
});

test('without JavaScript: signing in, tabs, search, a record, settings and the way out', async () => {
  const { context } = await openContext(browser, { javaScriptEnabled: false });
  const page = await signInPage(context, server.base, 'hanyumei');
  await page.locator('.tabs .tab').nth(2).click();
  await page.waitForURL(/todo=done/);
  assert.equal(await page.locator('.tabs .tab').nth(2).getAttribute('aria-current'), 'true');
  await page.locator('input[type=search]').fill('电');
  await page.locator('input[type=search]').press('Enter');
  await page.waitForURL(/\/w\/search\?q=/);
  assert.ok(await page.locator('main .card').count() >= 2);
  await page.goto(`${server.base}/w/notices`);
  await page.locator('.row a').first().click();
  await page.waitForURL(/\/w\/notice\?id=/);
  assert.ok((await page.locator('.prose').innerText()).length > 20);
  await page.goto(`${server.base}/w/me`);
  await page.locator('input[value=dark]').check();
  await page.locator('input[value=large]').check();
  await page.locator('.settings button').click();
  await page.waitForURL('**/w/me');
  assert.equal(await page.locator('html').getAttribute('data-scheme'), 'dark');
  assert.equal(await page.locator('html').getAttribute('data-size'), 'large');
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL(`${server.base}/`);
  await page.goto(`${server.base}/w/home`);
  assert.equal(page.url(), `${server.base}/`);
  await context.close();
});

/** Where the keyboard is, and whether one can see it. */
const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  const drawn = (element) => { const style = getComputedStyle(element); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; };
  const shown = [at, at.nextElementSibling, at.closest('form')].some((element) => element && drawn(element));
  const box = at.getBoundingClientRect();
  return { tag: at.tagName, name: (at.textContent || at.name || '').trim().slice(0, 30), href: at.getAttribute('href'), shown, inside: box.bottom > 0 && box.right > 0, top: box.top + scrollY };
});

test('with the keyboard alone: the door, the skip link, an order that follows the eye, a focus one sees', async () => {
  const { context } = await openContext(browser, { viewport: { width: 1280, height: 900 }, isMobile: false, hasTouch: false });
  const page = await context.newPage();
  await page.goto(server.base, { waitUntil: 'load' });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('wangfang');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/w/home');
  await page.waitForLoadState('load');
  await page.keyboard.press('Tab');
  const skip = await focused(page);
  assert.equal(skip.href, '#main');
  assert.ok(skip.shown && skip.inside, JSON.stringify(skip));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.querySelector('main').contains(document.activeElement)), 'skipping leads into the content');
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  const stops = [];
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press('Tab');
    const stop = await focused(page);
    if (stop.tag === 'BODY') break;
    stops.push(stop);
  }
  const reachable = await page.locator('a[href]:visible, button:visible, input:visible, summary:visible, [tabindex="0"]:visible').count();
  assert.ok(stops.length >= reachable, `${stops.length} stops of ${reachable}`);
  assert.deepEqual(stops.filter((stop) => !stop.shown), [], 'a focus nobody sees');
  await context.close();
});

test('settings by keyboard: arrows choose, Enter saves', async () => {
  const { context } = await openContext(browser);
  await enter(context, server.base, 'guozhicheng', 'light');
  const page = await context.newPage();
  await page.goto(`${server.base}/w/me`, { waitUntil: 'load' });
  await page.locator('input[value=light]').focus();
  await page.keyboard.press('ArrowRight');
  assert.ok((await focused(page)).shown);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.documentElement.dataset.scheme === 'dark');
  await context.close();
});

test('who wants less motion gets none, also between pages', async () => {
  const { context } = await openContext(browser, { reducedMotion: 'reduce' });
  await enter(context, server.base, 'wangfang');
  const page = await context.newPage();
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((element) => {
    const style = getComputedStyle(element);
    return style.animationName !== 'none' || style.transitionDuration.split(',').some((time) => parseFloat(time) > 0 && style.transitionProperty !== 'none');
  }).map((element) => element.className));
  assert.deepEqual(moving, []);
  await context.close();
});

test('with forced colours, what is chosen and what has focus can still be told', async () => {
  const { context } = await openContext(browser, { forcedColors: 'active' });
  await enter(context, server.base, 'wangfang', 'light');
  const page = await context.newPage();
  await page.goto(`${server.base}/w/me`, { waitUntil: 'load' });
  const look = (selector) => page.locator(selector).evaluate((element) => { const s = getComputedStyle(element); return [s.backgroundColor, s.color, s.outlineStyle, s.borderColor].join(); });
  assert.notEqual(await look('input[value=light] + span'), await look('input[value=dark] + span'), 'the chosen option');
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  assert.notEqual(await look('.tabs .tab >> nth=0'), await look('.tabs .tab >> nth=1'), 'the chosen tab');
  assert.notEqual(await look('.agenda-day[aria-current]'), await look('.agenda-day:not([aria-current]) >> nth=0'), 'the chosen day');
  const bar = await page.locator('.chart-bar .bar, .chart .bar').first().evaluate((element) => getComputedStyle(element).fill);
  const ground = await page.evaluate(() => getComputedStyle(document.querySelector('.card')).backgroundColor);
  assert.notEqual(bar, ground, 'bars of a chart');
  await context.close();
});

test('links are as large as a finger', async () => {
  for (const mode of ['light', 'large']) {
    const { context } = await openContext(browser);
    await enter(context, server.base, 'wangfang', mode);
    const page = await context.newPage();
    for (const path of ['/w/home', '/w/me', '/w/todo']) {
      await page.goto(server.base + path, { waitUntil: 'load' });
      const small = await page.evaluate(() => [...document.querySelectorAll('main a[href], main button, .tab-bar a, summary, .option')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.height < 24 || box.width < 24);
      }).map((element) => element.outerHTML.slice(0, 90)));
      assert.deepEqual(small, [], `${mode} ${path}`);
    }
    await context.close();
  }
});
