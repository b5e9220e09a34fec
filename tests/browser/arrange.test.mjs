// Arranging one's page in a real browser: by touch, mouse and keyboard, without script, by eye and for all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, post, signIn } from '../harness.mjs';
import { openContext, openStage, pictureFile, violations } from './browser.mjs';
import { cutTexts, enter, modes, overflow } from './places.mjs';

const { server, browser } = await openStage();

/** A person's page to arrange, as its unit made it. */
async function open(name, options = {}) {
  const { context, faults } = await openContext(browser, options);
  const cookie = await enter(context, server.base, name, 'light');
  await post(server.base, '/arrange', { page: 'home', restore: 'all' }, { cookie });
  const page = await context.newPage();
  await page.goto(`${server.base}/w/home?arrange`, { waitUntil: 'load' });
  return { context, page, faults, cookie };
}

const shown = (page) => page.locator('#shown > li').evaluateAll((rows) => rows.map((row) => row.dataset.id));
const savedIn = async (cookie, region) => {
  const [list] = (await (await get(server.base, '/w/home?arrange', cookie)).text()).split('id="shown"')[1].split('id="h-hidden"');
  return [...list.matchAll(/data-id="([^"]+)" data-home="([^"]+)"/g)].filter((one) => one[2] === region).map((one) => one[1]);
};
const saved = (cookie) => savedIn(cookie, 'main');
const shownIn = (page, region) => page.locator(`[data-region="${region}"] > li`).evaluateAll((rows) => rows.map((row) => row.dataset.id));
const grip = (page, id) => page.locator(`#card-${id} .grip`);
const said = (page) => page.locator('#say').innerText();
const middle = async (locator) => { const box = await locator.boundingBox(); return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; };

/** The order that the server keeps, once it is the one that is shown. */
async function settled(page, cookie, region = 'main') {
  const order = await shownIn(page, region);
  for (let i = 0; i < 40 && String(await savedIn(cookie, region)) !== String(order); i++) await page.waitForTimeout(50);
  assert.deepEqual(await savedIn(cookie, region), order);
  return order;
}

test('by mouse: a card is dragged by its grip to where it is let go', async () => {
  const { context, page, faults, cookie } = await open('madeshun', { isMobile: false, hasTouch: false });
  const before = await shown(page);
  const [from, to] = [await middle(grip(page, before[0])), await middle(page.locator('#shown > li').nth(4))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, to.y + 8, { steps: 12 });
  await page.waitForTimeout(120);
  assert.ok(await page.locator('.lifted').count() === 1);
  await page.mouse.up();
  const after = await settled(page, cookie);
  assert.deepEqual(after, [...before.slice(1, 5), before[0], ...before.slice(5)]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('by mouse: Escape puts a card back', async () => {
  const { context, page, cookie } = await open('madeshun', { isMobile: false, hasTouch: false });
  const before = await shown(page);
  const [from, to] = [await middle(grip(page, before[0])), await middle(page.locator('#shown > li').nth(3))];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, to.y + 8, { steps: 8 });
  await page.waitForTimeout(80);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  assert.deepEqual(await shown(page), before);
  assert.deepEqual(await saved(cookie), before);
  await context.close();
});

test('by touch: the grip drags at once, a row after a moment; a swipe scrolls and moves nothing', async () => {
  const { context, page, faults, cookie } = await open('madeshun');
  const cdp = await context.newCDPSession(page);
  const touch = (type, x, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y, id: 1 }] });
  const slide = async (from, to, { hold = 0 } = {}) => {
    await touch('touchStart', from.x, from.y);
    await page.waitForTimeout(hold);
    for (let i = 1; i <= 10; i++) await touch('touchMove', from.x, from.y + (to.y - from.y) * i / 10);
    await page.waitForTimeout(120);
    await touch('touchEnd');
  };
  const before = await shown(page);
  await slide(await middle(grip(page, before[0])), { y: (await middle(page.locator('#shown > li').nth(2))).y + 8 }, { hold: 120 });
  const once = await settled(page, cookie);
  assert.deepEqual(once, [before[1], before[2], before[0], ...before.slice(3)]);

  const title = page.locator(`#card-${before[0]} .card-row-title`);
  await slide(await middle(title), { y: (await middle(page.locator('#shown > li').nth(0))).y - 8 }, { hold: 450 });
  assert.deepEqual(await settled(page, cookie), before);

  const from = await middle(page.locator('#shown > li').nth(6));
  await slide(from, { y: from.y - 300 });
  await page.waitForTimeout(200);
  assert.ok(await page.evaluate(() => scrollY) > 50, 'the page scrolls');
  assert.deepEqual(await shown(page), before);
  assert.deepEqual(faults, []);
  await context.close();
});

test('by keyboard: lifted, moved, dropped and cancelled, and each step is spoken', async () => {
  const { context, page, faults, cookie } = await open('madeshun', { isMobile: false, hasTouch: false });
  const before = await shown(page);
  await grip(page, before[0]).focus();
  await page.keyboard.press('Enter');
  assert.match(await said(page), /已拿起.+第1项，共\d+项/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.match(await said(page), /第3项/);
  await page.keyboard.press('Space');
  assert.match(await said(page), /已放下.+第3项/);
  assert.deepEqual(await settled(page, cookie), [before[1], before[2], before[0], ...before.slice(3)]);
  assert.equal(await page.evaluate(() => document.activeElement.closest('li').dataset.id), before[0]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Escape');
  assert.match(await said(page), /已取消/);
  assert.deepEqual(await settled(page, cookie), [before[1], before[2], before[0], ...before.slice(3)]);
  assert.deepEqual(faults, []);
  await context.close();
});

test('buttons: put away, bring back, up, down, favourites, and the unit\'s arrangement', async () => {
  const { context, page, faults, cookie } = await open('hanyumei');
  const before = await shown(page);
  await page.locator('#card-news .act-hide').tap();
  assert.match(await said(page), /已收起/);
  assert.deepEqual(await page.locator('#hidden > li').evaluateAll((rows) => rows.map((row) => row.dataset.id)), ['news']);
  await settled(page, cookie);
  await page.locator('#card-news .act-show').tap();
  assert.equal((await settled(page, cookie)).at(-1), 'news');
  await page.locator('#card-news [name=up]').tap();
  assert.equal((await settled(page, cookie)).at(-2), 'news');
  await page.locator('.pin[value$=" contacts"]').tap();
  assert.equal(await page.locator('.pin[value$=" contacts"]').getAttribute('aria-pressed'), 'true');
  await page.getByRole('link', { name: '完成' }).tap();
  await page.waitForURL('**/w/home');
  assert.match(await page.locator('#b-apps .tile-link').first().innerText(), /通讯录/);
  await page.goto(`${server.base}/w/home?arrange`, { waitUntil: 'load' });
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '恢复单位的布局' }).tap()]);
  assert.deepEqual(await shown(page), before);
  assert.deepEqual(faults, []);
  await context.close();
});

test('by mouse and by keyboard alone: put away, brought back, a favourite, the unit\'s arrangement', async () => {
  for (const hand of ['mouse', 'keyboard']) {
    const { context, page, faults, cookie } = await open('hanyumei', { isMobile: false, hasTouch: false });
    const press = async (locator) => {
      if (hand === 'mouse') return locator.click();
      await locator.focus();
      return page.keyboard.press('Enter');
    };
    const before = await shown(page);
    await press(page.locator('#card-news .act-hide'));
    assert.match(await said(page), /已收起/);
    assert.ok(!(await settled(page, cookie)).includes('news'), hand);
    await press(page.locator('#card-news .act-show'));
    assert.equal((await settled(page, cookie)).at(-1), 'news', hand);
    await press(page.locator('.pin[value$=" contacts"]'));
    await page.locator('.pin[value$=" contacts"][aria-pressed=true]').waitFor();
    await press(page.getByRole('link', { name: '完成' })); // waits for what is on its way
    await page.waitForURL('**/w/home', { waitUntil: 'load' });
    assert.match(await page.locator('#b-apps .tile-link').first().innerText(), /通讯录/, hand);
    await page.goto(`${server.base}/w/home?arrange`, { waitUntil: 'load' });
    await Promise.all([page.waitForEvent('load'), press(page.getByRole('button', { name: '恢复单位的布局' }))]);
    assert.deepEqual(await shown(page), before, hand);
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test('what a unit newly requires stands on her page with a mark, on her open one too; nothing else moves', async () => {
  const { context, page, faults, cookie } = await open('xuyizhou');
  await page.locator('#card-news [name=up]').tap();
  await settled(page, cookie);
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  const order = () => page.locator('main > .b').evaluateAll((all) => all.map((one) => one.id.slice(2)));
  const before = await order();
  await page.waitForTimeout(1100); // "since" counts in seconds
  const { cookie: admin } = await signIn(server.base, 'zhoumingyuan');
  const layer = `${server.base}/api/v1/tenants/huaheng-yl/layers/home/draft`;
  const api = (method, place, body, headers = {}) => fetch(layer + place, { method, headers: { cookie: admin, 'Content-Type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
  const { version } = await (await api('GET', '')).json();
  const sent = await api('POST', '/commands', { base: version, verbs: [{ verb: 'add', block: 'drill', component: 'rich-text', into: 'main', after: 'todo', props: { title: '应急演练', text: '周三 9:00' } }, { verb: 'lock', block: 'drill', lock: 'required' }] });
  assert.equal(sent.status, 200, await sent.text());
  assert.equal((await api('POST', '/publish', { reason: 'drill' }, { 'If-Match': sent.headers.get('etag') })).status, 200);
  await page.locator('#b-drill .new-mark').waitFor();
  assert.equal(await page.locator('#b-drill .new-mark').innerText(), '新');
  assert.equal(await page.locator('.new-mark').count(), 1);
  assert.deepEqual(await order(), before.toSpliced(before.indexOf('todo') + 1, 0, 'drill'));
  await page.screenshot({ path: pictureFile('arrange-new'), fullPage: true });
  assert.deepEqual(await violations(page), []);
  await page.goto(`${server.base}/w/home?arrange`, { waitUntil: 'load' });
  assert.equal(await page.locator('#card-drill .act-hide').count(), 0, 'it is required');
  assert.deepEqual(faults, []);
  await context.close();
});

test('into a section and out of it: by mouse, touch and keyboard', async () => {
  const inside = 'figures/content';
  for (const hand of ['mouse', 'touch', 'keyboard']) {
    const { context, page, faults, cookie } = await open('wangfang', hand === 'touch' ? {} : { isMobile: false, hasTouch: false });
    const cdp = await context.newCDPSession(page);
    const touch = (type, x, y) => cdp.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y, id: 1 }] });
    const drag = async (id, to) => {
      await page.locator(`#card-${id}`).scrollIntoViewIfNeeded();
      const from = await middle(grip(page, id));
      const at = await middle(page.locator(to));
      if (hand === 'mouse') {
        await page.mouse.move(from.x, from.y);
        await page.mouse.down();
        await page.mouse.move(from.x, at.y + 6, { steps: 10 });
        await page.waitForTimeout(250);
        await page.mouse.up();
      } else {
        await touch('touchStart', from.x, from.y);
        await page.waitForTimeout(120);
        for (let i = 1; i <= 10; i++) await touch('touchMove', from.x, from.y + (at.y + 6 - from.y) * i / 10);
        await page.waitForTimeout(250);
        await touch('touchEnd');
      }
    };
    const press = async (id, ...keys) => {
      await grip(page, id).focus();
      for (const key of ['Enter', ...keys, 'Enter']) await page.keyboard.press(key);
    };
    const [main, section] = [await shown(page), await shownIn(page, inside)];
    const above = main[main.indexOf('figures') - 1] === 'notice' ? 'banner' : main[main.indexOf('figures') - 1];
    const below = main[main.indexOf('figures') + 1];
    if (hand === 'keyboard') await press(below, 'ArrowUp');
    else await drag(below, `#card-${section.at(-1)}`);
    assert.deepEqual(await settled(page, cookie, inside), [...section, below], hand);
    assert.match(await said(page), /已放下.+ · /);
    assert.deepEqual(await settled(page, cookie), main.filter((id) => id !== below));
    if (hand === 'keyboard') await press(section[0], 'ArrowUp');
    else await drag(section[0], `#card-${above} .card-line`);
    assert.deepEqual(await settled(page, cookie, inside), [...section.slice(1), below], hand);
    assert.ok((await settled(page, cookie)).includes(section[0]), hand);
    await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
    assert.deepEqual(await page.locator('#b-figures .b').evaluateAll((all) => all.map((one) => one.id.slice(2))), [...section.slice(1), below]);
    assert.deepEqual(faults, []);
    await context.close();
  }
});

test('behind tabs: from one to the next without script, put away and brought back where it was', async () => {
  const { context, page, cookie } = await open('shenliqun', { javaScriptEnabled: false });
  const [first, second] = ['desk/grid', 'desk/service'];
  const [grid, service] = [await savedIn(cookie, first), await savedIn(cookie, second)];
  const last = grid.at(-1);
  await page.locator(`#card-${last} [name=down]`).click();
  await page.waitForURL(/#card-/);
  assert.deepEqual([await savedIn(cookie, first), await savedIn(cookie, second)], [grid.slice(0, -1), [last, ...service]]);
  await page.locator(`#card-${last} [name=hide]`).click();
  await page.locator(`#hidden #card-${last} .act-show`).click();
  assert.deepEqual(await savedIn(cookie, second), [last, ...service]);
  await page.locator(`#card-${last} [name=up]`).click();
  assert.deepEqual([await savedIn(cookie, first), await savedIn(cookie, second)], [grid, service]);
  await context.close();
});

test('a change that is refused is taken back and said', async () => {
  const { context, page, cookie } = await open('hanyumei');
  const before = await shown(page);
  await page.route('**/arrange', (route) => route.fulfill({ status: 403, body: '{}' }));
  await page.locator('#card-news .act-hide').tap();
  await page.locator('#failed').waitFor();
  assert.match(await said(page), /没有保存/);
  assert.deepEqual(await shown(page), before);
  assert.deepEqual(await saved(cookie), before);
  await context.close();
});

test('a long press on a card leads there; a tap still opens what it says', async () => {
  const { context, page, faults } = await open('wangfang');
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  const cdp = await context.newCDPSession(page);
  await page.locator('#b-todo').scrollIntoViewIfNeeded();
  const at = await middle(page.locator('#b-todo .row a').first());
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ ...at, id: 1 }] });
  await page.waitForURL(/arrange#card-todo/);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  assert.ok(await page.locator('#card-todo').isVisible());
  await page.goto(`${server.base}/w/home`, { waitUntil: 'load' });
  await page.locator('#b-todo .row a').first().tap();
  await page.waitForURL((url) => !url.search.includes('arrange') && url.pathname !== '/w/home');
  assert.deepEqual(faults, []);
  await context.close();
});

test('without script all of it works by forms', async () => {
  const { context, page, cookie } = await open('wangfang', { javaScriptEnabled: false });
  const before = await saved(cookie);
  assert.equal(await page.locator('.grip:visible').count(), 0);
  await page.locator(`#card-${before[0]} [name=down]`).click();
  await page.waitForURL(/#card-/);
  assert.deepEqual(await saved(cookie), [before[1], before[0], ...before.slice(2)]);
  await page.locator('#card-agenda [name=hide]').click();
  await page.locator('#hidden #card-agenda .act-show').click();
  await page.locator('.pin[value$=" repair"]').click();
  assert.equal(await page.locator('.pin[value$=" repair"]').getAttribute('aria-pressed'), 'true');
  await page.locator('[name=restore]').click();
  assert.deepEqual(await saved(cookie), before);
  await context.close();
});

test('in every mode and width it is whole and usable by all', async () => {
  const faults = [];
  for (const mode of Object.keys(modes)) {
    const { context } = await openContext(browser);
    const cookie = await enter(context, server.base, 'madeshun', mode);
    await post(server.base, '/arrange', { page: 'home', hide: 'news' }, { cookie });
    const page = await context.newPage();
    await page.goto(`${server.base}/w/home?arrange`, { waitUntil: 'load' });
    for (const width of mode === 'large' ? [320, 390, 768] : [390, 768]) {
      await page.setViewportSize({ width, height: 844 });
      await page.screenshot({ path: pictureFile(`arrange-${mode}-${width}`), fullPage: true });
      if (await overflow(page) > 0) faults.push(`${mode} ${width}: wider than the window`);
      for (const text of await cutTexts(page)) faults.push(`${mode} ${width}: cut: ${text}`);
    }
    faults.push(...await violations(page));
    await context.close();
  }
  assert.deepEqual(faults, []);
});
