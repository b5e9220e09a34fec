// What changed is on every screen that shows it, and nothing that a person does there is disturbed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { get, post, startServer } from '../harness.mjs';
import { keptHere, openContext, openStage, pictureFile, untilInPage, violations } from './browser.mjs';
import { enter, modes, overflow } from './places.mjs';

const { server, browser } = await openStage();

/** A window of a person; `streams` counts those that are open. */
async function open(name, { path = '/w/home', mode = 'light', ...options } = {}) {
  const { context, faults } = await openContext(browser, options);
  const cookie = await enter(context, server.base, name, mode);
  const streams = new Set();
  context.on('request', (request) => { if (request.url().includes('/live?')) streams.add(request); });
  for (const end of ['requestfinished', 'requestfailed']) context.on(end, (request) => streams.delete(request));
  const page = await context.newPage();
  await page.goto(server.base + path);
  await connected(page);
  return { context, page, faults, cookie, streams };
}

/** Once the stream is open, here or in another window: the page then holds the token of now. */
const connected = (page) => page.locator(':root[data-connected]').waitFor({ state: 'attached' });

const tasks = async (cookie) => [...(await (await get(server.base, '/w/todo', cookie)).text()).matchAll(/data-action="done".*?name="input.id" value="([^"]+)"/gs)].map((found) => found[1]);

/** Acts as another device of the person would. */
async function act(cookie, block, action, input) {
  const fields = Object.fromEntries(Object.entries(input).map(([name, value]) => [`input.${name}`, value]));
  const reply = await post(server.base, '/act', { page: 'todo', block, action, key: randomUUID(), ...fields }, { cookie, Accept: 'application/json' });
  assert.equal(reply.status, 200, reply.text);
}
const doTask = (cookie, id) => act(cookie, 'todo', 'done', { id });
const writeMemo = (cookie, text) => act(cookie, 'memo', 'add', { text });

const ofNetwork = (fault) => /ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|ERR_INCOMPLETE|ERR_NETWORK/.test(fault);
const unexpected = (faults) => faults.filter((one) => !ofNetwork(one));

test('two windows: what is done in one is seen in the other, lit up and without a reload', async () => {
  const one = await open('wangfang', { path: '/w/todo' });
  const two = await open('wangfang', { path: '/w/todo' });
  await two.page.evaluate(() => { window.stayed = true; });
  const row = two.page.locator('main .row').first();
  const title = (await row.locator('.row-title').innerText()).trim();
  await one.page.locator('main form[data-action=done] button').first().tap();
  await two.page.locator('main .row', { hasText: title }).waitFor({ state: 'detached' });
  assert.equal(await two.page.evaluate(() => window.stayed), true);
  assert.deepEqual(one.faults, []);
  assert.deepEqual(two.faults, []);
  await one.context.close();
  await two.context.close();
});

/** Streams of the server; other tests of this file have closed theirs. */
async function streamsOpen() {
  return Number(/^pinban_streams (\d+)/m.exec(await (await get(server.base, '/metrics')).text())[1]);
}

/** Until the server has so many streams, and for a while after. */
async function settledAt(count) {
  for (let i = 0; i < 100 && await streamsOpen() !== count; i++) await new Promise((resolve) => { setTimeout(resolve, 50); });
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  assert.equal(await streamsOpen(), count);
}

const see = (page, state) => page.evaluate((to) => {
  Object.defineProperty(document, 'visibilityState', { value: to, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, state);

/** The memos that a window shows with this text: none is lost, none is there twice. */
const shown = async (page, text) => page.locator('#b-memo .row', { hasText: text }).count();
async function assertAllShow(pages, text) {
  for (const page of pages) await page.locator('#b-memo .row', { hasText: text }).first().waitFor();
  for (const page of pages) assert.equal(await shown(page, text), 1);
}

test('seven windows of several pages hold one stream, all show each change, and another takes over', async () => {
  await settledAt(0);
  const { context, page, cookie, faults } = await open('shenliqun', { path: '/w/todo' });
  const others = ['/w/todo', '/w/todo?todo=done', '/w/home', '/w/agenda', '/w/todo?todo=open', '/w/todo'];
  const pages = [page];
  for (const path of others) {
    const next = await context.newPage();
    await next.goto(server.base + path);
    pages.push(next);
  }
  for (const each of pages) await connected(each);
  await settledAt(1);
  const withMemo = [];
  for (const each of pages) if (await each.locator('#b-memo').count()) withMemo.push(each);
  assert.equal(withMemo.length, 5);
  for (const each of pages) await each.evaluate(() => { window.stayed = true; });
  const text = `给各个窗口 ${Date.now()}`;
  await writeMemo(cookie, text);
  await assertAllShow(withMemo, text);

  const [first] = await tasks(cookie);
  const home = pages[3];
  const before = await home.locator('#b-todo').innerText();
  await doTask(cookie, first);
  for (const each of [pages[0], pages[1]]) await each.locator(`input[value="${first}"]`).waitFor({ state: 'detached' });
  await home.waitForFunction((old) => document.querySelector('#b-todo').innerText !== old, before);

  await pages[0].close();
  const more = `换了一个窗口 ${Date.now()}`;
  await writeMemo(cookie, more);
  await assertAllShow(withMemo.slice(1), more);
  await settledAt(1);
  for (const each of pages.slice(1)) assert.equal(await each.evaluate(() => window.stayed), true);

  for (const each of pages.slice(1)) await see(each, 'hidden');
  await settledAt(0);
  const away = `都看不见时 ${Date.now()}`;
  await writeMemo(cookie, away);
  await see(pages[6], 'visible');
  await assertAllShow([pages[6]], away);
  await settledAt(1);
  assert.equal(await shown(pages[1], away), 0);
  await see(pages[1], 'visible');
  await see(pages[2], 'visible');
  await assertAllShow(withMemo.slice(1).filter((each) => [pages[1], pages[2]].includes(each)), away);
  await settledAt(1);
  assert.deepEqual(unexpected(faults), []);
  await context.close();
  await settledAt(0);
});

test('windows come and go while changes come: none is lost, none is there twice', async () => {
  const { context, page, cookie, faults } = await open('hanyumei', { path: '/w/todo' });
  const pages = [page, await context.newPage(), await context.newPage()];
  for (const each of pages.slice(1)) await each.goto(`${server.base}/w/todo`);
  const marks = [];
  for (let i = 0; i < 12; i++) {
    const text = `第 ${i} 条 ${Date.now()}`;
    marks.push(text);
    await Promise.all([writeMemo(cookie, text), see(pages[i % 3], i % 2 ? 'visible' : 'hidden'), i === 6 ? pages[1].reload() : undefined]);
  }
  for (const each of pages) await see(each, 'visible');
  const fresh = await context.newPage();
  await fresh.goto(`${server.base}/w/todo`);
  const list = (each) => each.locator('#b-memo .row').allInnerTexts();
  const wanted = await list(fresh);
  assert.ok(marks.some((text) => wanted.join().includes(text)));
  for (const each of pages) {
    for (let i = 0; i < 100 && String(await list(each)) !== String(wanted); i++) await each.waitForTimeout(50);
    assert.deepEqual(await list(each), wanted);
  }
  assert.deepEqual(unexpected(faults), []);
  await context.close();
});

test('one that is told to have left while the next asks who is there: all are asked again', async () => {
  await settledAt(0);
  const { context, page, cookie, faults } = await open('shenliqun', { path: '/w/todo' });
  const pages = [];
  for (const path of ['/w/todo?todo=open', '/w/todo?todo=done']) {
    pages.push(await context.newPage());
    await pages.at(-1).goto(server.base + path);
    await connected(pages.at(-1));
  }
  await settledAt(1);
  await pages[1].evaluate(() => {
    const channel = new BroadcastChannel(`pinban live ${document.querySelector('[data-actor]').dataset.actor}`);
    channel.onmessage = ({ data }) => {
      if (!('call' in data)) return;
      channel.postMessage({ left: true });
      channel.close();
    };
  });
  await page.close();
  await settledAt(1);
  const text = `有人离开时 ${Date.now()}`;
  await writeMemo(cookie, text);
  await assertAllShow(pages, text);
  assert.deepEqual(faults, []);
  await context.close();
});

test('a window that is slow to answer is shown what changes too, in one stream that stays', async () => {
  const { context, page, cookie, faults } = await open('hanyumei', { path: '/w/todo' });
  let asked = 0;
  context.on('request', (request) => { if (request.url().includes('/live?')) asked++; });
  const slow = await context.newPage();
  await slow.addInitScript(() => {
    const { postMessage } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.postMessage = function later(note) { setTimeout(() => postMessage.call(this, note), 'here' in note ? 90 : 0); };
  });
  await slow.goto(`${server.base}/w/home`);
  await connected(slow);
  await page.waitForTimeout(1500);
  assert.ok(asked <= 4, `${asked} streams`);
  for (const text of ['甲', '乙']) {
    const memo = `${text} ${Date.now()}`;
    await writeMemo(cookie, memo);
    await assertAllShow([page], memo);
  }
  const [first] = await tasks(cookie);
  const before = await slow.locator('#b-todo').innerText();
  await doTask(cookie, first);
  await slow.waitForFunction((old) => document.querySelector('#b-todo').innerText !== old, before);
  assert.ok(asked <= 4, `${asked} streams`);
  await settledAt(1);
  await slow.close();
  const memo = `丙 ${Date.now()}`;
  await writeMemo(cookie, memo);
  await assertAllShow([page], memo);
  assert.deepEqual(unexpected(faults), []);
  await context.close();
});

test('a window whose state is not hers gets a page of its own; the others go on', async () => {
  const { context, page, cookie, faults } = await open('elinsolberg', { path: '/w/todo' });
  const home = await context.newPage();
  await home.goto(`${server.base}/w/home`);
  await connected(home);
  for (const each of [page, home]) await each.evaluate(() => { window.stayed = true; });
  await see(home, 'hidden');
  await home.evaluate(() => { const main = document.querySelector('#main'); main.dataset.at = main.dataset.at.slice(0, -2); });
  await see(home, 'visible');
  await home.waitForFunction(() => !window.stayed && document.documentElement.matches('[data-connected]'));
  const text = `After that ${Date.now()}`;
  await writeMemo(cookie, text);
  await assertAllShow([page], text);
  assert.equal(await page.evaluate(() => window.stayed), true);
  await settledAt(1);
  assert.deepEqual(unexpected(faults).filter((one) => !/\b403\b/.test(one)), []);
  await context.close();
});

test('somebody else signs in: her windows share nothing with those of who was there', async () => {
  const { context, page, cookie, faults } = await open('wangfang', { path: '/w/todo' });
  await enter(context, server.base, 'shenliqun', 'light');
  const next = await context.newPage();
  await next.goto(`${server.base}/w/todo`);
  await connected(next);
  await settledAt(2);
  const text = `只给王芳 ${Date.now()}`;
  await writeMemo(cookie, text);
  await page.locator('#b-memo .row', { hasText: text }).waitFor();
  assert.equal(await shown(next, text), 0);
  await see(page, 'hidden');
  await see(page, 'visible');
  await page.waitForFunction(() => document.querySelector('#live-say')?.dataset.actor.endsWith('/shenliqun'));
  await connected(page);
  await settledAt(1);
  assert.deepEqual(unexpected(faults).filter((one) => !/\b403\b/.test(one)), []);
  await context.close();
});

test('hidden it holds no stream; seen again it has what changed, without a reload', async () => {
  const { context, page, streams, cookie, faults } = await open('madeshun', { path: '/w/todo' });
  await page.evaluate(() => { window.stayed = true; });
  await see(page, 'hidden');
  for (let i = 0; i < 60 && streams.size; i++) await page.waitForTimeout(50);
  assert.equal(streams.size, 0);
  const [first] = await tasks(cookie);
  await doTask(cookie, first);
  await page.waitForTimeout(300);
  assert.equal(await page.locator(`input[value="${first}"]`).count(), 1);
  await see(page, 'visible');
  await page.locator(`input[value="${first}"]`).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => window.stayed), true);
  assert.deepEqual(unexpected(faults), []);
  await context.close();
});

test('a form that is being filled in keeps text, caret, focus and scroll while its card changes', async () => {
  const { context, page, cookie, faults } = await open('wangfang', { path: '/w/todo' });
  await page.locator('#live').waitFor({ state: 'attached' }); // with the words for who does not see
  const field = page.locator('#f-memo-text');
  await field.click();
  await page.keyboard.type('明天上午开会带上图纸');
  await page.locator('#b-memo input[type=checkbox]').check();
  await field.focus();
  await field.evaluate((one) => { one.setSelectionRange(3, 5); window.field = one; scrollTo(0, 120); });
  const scroll = await page.evaluate(() => scrollY);
  const text = `来自另一台设备 ${Date.now()}`;
  await writeMemo(cookie, text);
  await page.locator('#b-memo .row', { hasText: text }).waitFor();
  assert.deepEqual(await page.evaluate(() => ({
    same: document.activeElement === window.field, value: window.field.value, caret: [window.field.selectionStart, window.field.selectionEnd],
    checked: document.querySelector('#b-memo input[type=checkbox]').checked, scroll: scrollY,
  })), { same: true, value: '明天上午开会带上图纸', caret: [3, 5], checked: true, scroll });
  assert.match(await page.locator('#live-say').innerText(), /备忘有更新/, 'the new thing is told to who does not see');
  await page.locator('#b-memo .form > .button').click();
  await page.locator('#b-memo .row', { hasText: '明天上午' }).waitFor();
  assert.equal(await field.inputValue(), '', 'what was sent is no longer in the form');
  assert.deepEqual(faults, []);
  await context.close();
});

test('another look, language and arrangement come without a reload, and what is typed stays', async () => {
  const { context, page, cookie, faults } = await open('hanyumei', { path: '/w/todo' });
  await page.evaluate(() => { window.stayed = true; });
  await page.fill('#f-memo-text', '还没写完');
  const look = () => page.evaluate(() => ({ lang: document.documentElement.lang, scheme: document.documentElement.dataset.scheme, title: document.title, ground: getComputedStyle(document.body).backgroundColor }));
  const before = await look();
  await fetch(`${server.base}/me`, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(modes.english) });
  await page.waitForFunction(() => document.documentElement.lang === 'en');
  await fetch(`${server.base}/me`, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams({ scheme: 'dark' }) });
  await page.waitForFunction(() => document.documentElement.dataset.scheme === 'dark');
  const after = await look();
  assert.notEqual(after.ground, before.ground);
  assert.notEqual(after.title, before.title);
  assert.equal(await page.inputValue('#f-memo-text'), '还没写完');
  assert.equal(await page.evaluate(() => window.stayed), true);
  assert.equal(await page.locator('link[rel=stylesheet]').count(), 1);
  await post(server.base, '/me', modes.light, { cookie });
  assert.deepEqual(faults, []);
  await context.close();
});

test('a lost connection is told after a moment with the age of what is shown; back, all is current', async () => {
  const { context, page, cookie, faults } = await open('wangfang', { path: '/w/todo' });
  await page.evaluate(() => {
    window.said = [];
    const voice = document.querySelector('#live-say');
    new MutationObserver(() => window.said.push(voice.textContent)).observe(voice, { childList: true });
  });
  await page.locator('#live').waitFor({ state: 'attached' }); // it comes when the page is at rest
  await keptHere(page); // whatever else is fetched at rest has come
  await context.setOffline(true);
  await page.locator('#live:visible').waitFor();
  assert.match(await page.locator('#live').innerText(), /离线：显示的是 \d+:\d\d 的内容/);
  const text = `离线期间 ${Date.now()}`;
  await writeMemo(cookie, text);
  await context.setOffline(false);
  await page.locator('#b-memo .row', { hasText: text }).waitFor();
  await page.locator('#live').waitFor({ state: 'hidden' });
  const said = await page.evaluate(() => window.said);
  assert.ok(said.some((one) => /已恢复/.test(one)), `${said}`);
  assert.ok(said.some((one) => /备忘有更新/.test(one)), `${said}`);
  assert.deepEqual(unexpected(faults), []);
  await context.close();
});

test('the server away: the page opens from the device, with its age, and becomes current when the server is back', async () => {
  const own = await startServer();
  const { context, faults } = await openContext(browser);
  await enter(context, own.base, 'wangfang', 'light');
  const page = await context.newPage();
  await page.goto(`${own.base}/w/home`);
  await keptHere(page);
  await page.reload();
  await connected(page);
  const port = new URL(own.base).port;
  await own.stop({ keep: true });
  await page.reload();
  assert.match(await page.locator('#live').innerText(), /离线：显示的是/);
  assert.ok(await page.locator('main .card').count() >= 5);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector('.hero')).color), 'rgb(0, 0, 0)', 'it has its style');
  await page.goto(`${own.base}/w/agenda`);
  assert.match(await page.locator('h1').innerText(), /没有连接/);
  await page.goBack();
  const again = await startServer({ data: own.folder, args: ['--port', port] });
  await connected(page);
  await page.locator('#live').waitFor({ state: 'hidden' });
  await again.stop();
  assert.deepEqual(unexpected(faults).filter((one) => !/ServiceWorker/.test(one)), []);
  await context.close();
});

test('a page that arrived in part is asked for again', async () => {
  const { context, faults } = await openContext(browser);
  await enter(context, server.base, 'wangfang', 'light');
  const page = await context.newPage();
  await page.route('**/w/home', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).split('<main')[0] });
  }, { times: 1 });
  await page.goto(`${server.base}/w/home`);
  await connected(page);
  assert.ok(await page.locator('main .card').count() >= 5);
  assert.deepEqual(faults, []);
  await context.close();
});

test('signed out elsewhere: she signs in on the spot, and nothing typed is lost', async () => {
  const { context, page, cookie, faults } = await open('guozhicheng', { path: '/w/todo' });
  await page.fill('#f-memo-text', '不能丢');
  await post(server.base, '/sign-out', {}, { cookie });
  const live = page.locator('#live');
  await live.getByRole('button', { name: '重新登录' }).tap();
  await page.fill('#live-name', 'guozhicheng');
  await page.fill('#live-password', 'wrong');
  await page.locator('#live-door [type=submit]').tap();
  await page.locator('#live-door [role=alert]:visible').waitFor();
  await page.fill('#live-password', 'pinban-demo');
  await page.locator('#live-door [type=submit]').tap();
  await connected(page);
  await live.waitFor({ state: 'hidden' });
  assert.equal(await page.inputValue('#f-memo-text'), '不能丢');
  assert.deepEqual(unexpected(faults).filter((one) => !/\b401\b/.test(one)), []);
  await context.close();
});

test('what is kept on the device is hers alone: it goes when she signs out, and when another signs in', async () => {
  const { context, page } = await open('wangfang', { path: '/w/me' });
  const kept = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('pages ')));
  await keptHere(page);
  assert.deepEqual(await kept(), ['pages huaheng-jl/wangfang']);
  await page.getByRole('button', { name: '退出登录' }).tap();
  await page.waitForURL(`${server.base}/`);
  assert.deepEqual(await kept(), []);
  assert.deepEqual(await page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name)), []);
  await enter(context, server.base, 'shenliqun', 'light');
  await page.evaluate(async () => { const cache = await caches.open('pages somebody/else'); await cache.put('/w/home', new Response('hers')); });
  await page.goto(`${server.base}/w/home`);
  await untilInPage(page, async () => !(await caches.keys()).includes('pages somebody/else'));
  await context.close();
});

test('it can be installed: named after the unit, in the language of who looks', async () => {
  for (const [mode, name] of [['light', '江澜电力'], ['english', 'Jianglan Power']]) {
    const { context, page } = await open('wangfang', { mode });
    const manifest = await page.evaluate(async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json());
    assert.equal(manifest.short_name, name);
    const cdp = await context.newCDPSession(page);
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito'), []);
    await context.close();
  }
});

test('each state is whole and without barriers in every mode', async () => {
  const found = [];
  for (const mode of Object.keys(modes)) {
    const { context, page } = await open('wangfang', { path: '/w/todo', mode });
    const look = async (state) => {
      await page.waitForTimeout(250);
      await page.screenshot({ path: pictureFile(`live-${state}-${mode}`) });
      if (await overflow(page) > 0) found.push(`${mode} ${state}: wider than the window`);
      found.push(...(await violations(page)).map((one) => `${mode} ${state}: ${one}`));
    };
    await page.route('**/act*', (route) => route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ said: mode === 'english' ? 'Somebody was faster; please look again' : '别人刚刚操作过，请刷新后再试' }) }));
    const button = page.locator('main form[data-action=done] button').first();
    await button.tap();
    await page.locator('.card .act-refused').waitFor();
    await look('refused');
    await page.unroute('**/act*');
    await context.setOffline(true);
    await page.locator('#live:visible').waitFor();
    await look('offline');
    await button.tap();
    await page.locator('form[data-state=waiting]').waitFor();
    await look('waiting');
    await context.unroute('**/act*');
    await page.evaluate(() => document.querySelector('#live-door').showModal());
    await look('door');
    await context.close();
  }
  assert.deepEqual(found, []);
});
