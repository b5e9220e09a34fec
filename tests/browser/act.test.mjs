// Actions in a real browser: in the background, refused, without a connection, without script.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, post } from '../harness.mjs';
import { keptHere, openContext, openStage } from './browser.mjs';
import { enter } from './places.mjs';

const { server, browser } = await openStage();

async function open(name, { path = '/w/todo', ...options } = {}) {
  const { context, faults } = await openContext(browser, options);
  const cookie = await enter(context, server.base, name, 'light');
  const page = await context.newPage();
  await page.goto(server.base + path);
  return { context, page, faults, cookie };
}

/** The first task of the page, its button, and what it is called. */
async function firstTask(page) {
  const button = page.locator('main form[data-action=done] button').first();
  const title = (await page.locator('main .row:has(form[data-action=done]) .row-title').first().innerText()).trim();
  return { button, title, row: page.locator('main .row', { hasText: title }) };
}

const isOpen = async (cookie, title) => (await (await get(server.base, '/w/todo', cookie)).text()).includes(title);
const ofNetwork = (fault) => /ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(fault);

test('a task is done in place: the page stays, the card is the server\'s new one', async () => {
  const { context, page, faults, cookie } = await open('wangfang');
  const { button, title, row } = await firstTask(page);
  await page.evaluate(() => { window.stayed = true; });
  await button.tap();
  await row.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => window.stayed), true);
  assert.equal(await isOpen(cookie, title), false);
  assert.deepEqual(faults, []);
  await context.close();
});

test('however often she taps, it is sent once; progress shows after a moment', async () => {
  const { context, page, faults } = await open('wangfang');
  const sent = [];
  await page.route('**/act*', async (route) => {
    sent.push(route.request().headers()['idempotency-key']);
    await new Promise((resolve) => { setTimeout(resolve, 900); });
    await route.continue();
  });
  const { button, row } = await firstTask(page);
  const form = button.locator('xpath=..');
  for (let i = 0; i < 4; i++) await button.dispatchEvent('click');
  assert.equal(await form.getAttribute('data-state'), 'sending');
  assert.equal(await button.getAttribute('aria-busy'), 'true');
  const spinner = () => form.evaluate((one) => { const { animationDelay, opacity } = getComputedStyle(one.querySelector('button'), '::before'); return { animationDelay, opacity }; });
  assert.equal((await spinner()).animationDelay, '0.3s, 0.3s');
  await page.waitForTimeout(450);
  assert.equal((await spinner()).opacity, '1');
  await row.waitFor({ state: 'detached' });
  assert.equal(sent.length, 1);
  assert.match(sent[0], /^[0-9a-f]{32}$/);
  assert.deepEqual(faults, []);
  await context.close();
});

test('refused: all is as before, and the card says why until she dismisses it', async () => {
  const { context, page } = await open('wangfang');
  await page.route('**/act*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'action.audience', said: '您没有权限进行此操作' }) }));
  const { button, row } = await firstTask(page);
  await button.tap();
  const note = page.locator('.card .act-refused');
  await note.waitFor();
  assert.match(await note.innerText(), /您没有权限/);
  assert.equal(await note.getAttribute('role'), 'alert');
  assert.equal(await row.count(), 1);
  assert.equal(await page.locator('form[data-state]').count(), 0);
  assert.equal(await button.getAttribute('aria-busy'), null);
  await note.getByRole('button').tap();
  assert.equal(await note.count(), 0);
  await context.close();
});

test('a limit that no waiting lifts: refused at once, nothing is kept, what comes after is sent', async () => {
  const { context, page, cookie } = await open('madeshun');
  const sent = [];
  await context.route('**/act*', (route) => {
    sent.push(route.request().headers()['idempotency-key']);
    if (sent.length > 1) return route.continue();
    return route.fulfill({ status: 429, contentType: 'application/problem+json', body: JSON.stringify({ code: 'action.writes', said: '一次操作的内容太多' }) });
  });
  const { button, title, row } = await firstTask(page);
  await button.tap();
  const note = page.locator('.card .act-refused');
  await note.waitFor();
  assert.match(await note.innerText(), /内容太多/);
  assert.equal(await page.locator('form[data-state]').count(), 0);
  await button.tap();
  await row.waitFor({ state: 'detached' });
  assert.equal(await isOpen(cookie, title), false);
  assert.equal(new Set(sent).size, 2);
  await context.close();
});

test('refused while the words for trouble cannot be fetched: she is told all the same', async () => {
  const { context, page } = await open('wangfang', { serviceWorkers: 'block' });
  const { aside } = await page.evaluate(() => ({ ...document.querySelector('#live-say').dataset }));
  await context.route(`**${aside}`, (route) => route.abort());
  await page.reload();
  await page.route('**/act*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'action.audience', said: '您没有权限进行此操作' }) }));
  const { button } = await firstTask(page);
  await button.tap();
  const note = page.locator('.card .act-refused');
  await note.waitFor();
  assert.match(await note.innerText(), /您没有权限/);
  assert.equal(await note.getAttribute('role'), 'alert');
  await context.close();
});

test('without a connection it waits, over a reload too, and is sent once when there is one again', async () => {
  const { context, page, faults, cookie } = await open('wangfang');
  await keptHere(page);
  const keys = [];
  await context.route('**/act*', (route) => { keys.push(route.request().headers()['idempotency-key']); return route.continue(); });
  const { button, title, row } = await firstTask(page);
  await context.setOffline(true);
  await button.tap();
  await page.locator('form[data-state=waiting]').waitFor();
  assert.match(await page.locator('#live').innerText(), /离线.*1 项操作待发送/);
  assert.match(await button.evaluate((one) => getComputedStyle(one.form, '::after').content), /待发送/);
  await page.reload();
  await page.locator('form[data-state=waiting][data-note*=待发送]').waitFor();
  assert.match(await page.locator('#live').innerText(), /离线.*1 项操作待发送/);
  assert.match(await button.evaluate((one) => getComputedStyle(one.form, '::after').content), /待发送/);
  assert.ok(await isOpen(cookie, title), 'the server knows nothing of it yet');
  await context.setOffline(false);
  await row.waitFor({ state: 'detached' });
  await page.waitForFunction(() => !document.querySelector('#live').textContent.includes('待发送'));
  assert.equal(await isOpen(cookie, title), false);
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(faults.filter((one) => !ofNetwork(one)), []);
  await context.close();
});

test('an answer that is lost: sent again with the same key, done once', async () => {
  const { context, page, cookie } = await open('wangfang');
  const keys = [];
  await page.locator('#live').waitFor({ state: 'attached' }); // it comes when the page is at rest
  await context.route('**/act*', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    const reply = await route.fetch();
    await (keys.length === 1 ? route.abort() : route.fulfill({ response: reply }));
  });
  const { button, title, row } = await firstTask(page);
  await button.tap();
  await row.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.querySelector('#live')?.dataset.state === 'sending');
  await page.waitForFunction(() => document.querySelector('#live').dataset.state === '');
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal(await isOpen(cookie, title), false);
  await context.close();
});

for (const [status, who] of [[429, 'hanyumei'], [503, 'wangfang']]) {
  test(`too many at once, ${status}: it waits as long as the server says, and is sent with the same key`, async () => {
    const { context, page, cookie } = await open(who);
    const sent = [];
    await context.route('**/act*', (route) => {
      sent.push({ key: route.request().headers()['idempotency-key'], at: Date.now() });
      if (sent.length > 1) return route.continue();
      return route.fulfill({ status, contentType: 'application/problem+json', headers: { 'Retry-After': '2' }, body: JSON.stringify({ code: 'action.busy', said: '操作的人太多，请稍后再试' }) });
    });
    const { button, title, row } = await firstTask(page);
    await button.tap();
    await page.locator('form[data-state=waiting]').waitFor();
    await row.waitFor({ state: 'detached' });
    assert.equal(sent.length, 2);
    assert.equal(sent[0].key, sent[1].key);
    assert.ok(sent[1].at - sent[0].at >= 1900, `${sent[1].at - sent[0].at} ms`);
    assert.equal(await isOpen(cookie, title), false);
    await context.close();
  });
}

test('what comes to wait while another window sends is sent too', async () => {
  const { context, page, cookie } = await open('wangfang');
  const other = await context.newPage();
  await other.goto(`${server.base}/w/todo`);
  let sent = 0;
  let letGo;
  const held = new Promise((resolve) => { letGo = resolve; });
  // The first attempt of each is lost; the second of the first is on its way for long.
  await context.route('**/act*', async (route) => {
    sent++;
    if (sent === 1 || sent === 3) return route.abort();
    if (sent === 2) await held;
    return route.continue();
  });
  const titles = [];
  for (const [window, at] of [[page, 0], [other, 1]]) {
    const row = window.locator('main .row:has(form[data-action=done])').nth(at);
    titles.push((await row.locator('.row-title').innerText()).trim());
    await row.locator('form[data-action=done] button').tap();
    await window.locator('form[data-state=waiting]').first().waitFor();
    for (let i = 0; i < 200 && sent < at + 2; i++) await page.waitForTimeout(50);
  }
  assert.equal(sent, 3);
  await page.waitForTimeout(3500); // the other window has tried again meanwhile
  letGo();
  for (const title of titles) await page.locator('main .row', { hasText: title }).waitFor({ state: 'detached' });
  for (const title of titles) assert.equal(await isOpen(cookie, title), false);
  await context.close();
});

test('a window of who was there before does nothing in the name of who signed in since', async () => {
  const { context, page, cookie } = await open('wangfang');
  await post(server.base, '/sign-out', {}, { cookie });
  await page.locator('#live[data-state=out]').waitFor();
  const next = await enter(context, server.base, 'shenliqun', 'light');
  const text = `王芳写了一半 ${Date.now()}`;
  await page.fill('#f-memo-text', text);
  const answer = page.waitForResponse('**/act*');
  await page.locator('#b-memo .form > .button').click();
  assert.equal((await answer).status(), 401);
  assert.ok(!(await (await get(server.base, '/w/todo', next)).text()).includes(text));
  assert.equal(await page.inputValue('#f-memo-text'), text);
  await context.close();
});
