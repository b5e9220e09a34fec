// The studio by hand: dragging by mouse, by touch and by keyboard; what administrators do to pages; what goes wrong.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { folderOf, get, root, run, scratch, signIn, startServer } from '../harness.mjs';
import { desk, drag, openStudio, over, ways } from './builder.mjs';
import { openBrowser, phone } from './browser.mjs';
import { overflow } from './places.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = join(root, 'build/screenshots');
mkdirSync(pictures, { recursive: true });
const COMMANDS = /\/draft\/commands\b/;
const UNIT = 'huaheng-jl';
const text = (block, zh, more = {}) => ({ verb: 'add', block, component: 'rich-text', into: 'main', props: { title: { zh, en: block }, text: 'x' }, ...more });

/** A page of the group on which everything can be tried: its head is closed to those below. */
const ground = [
  { verb: 'set', block: 'page', at: '/title', value: { zh: '试验场', en: 'Ground' } },
  { verb: 'add', block: 'head', component: 'hero', into: 'top' },
  { verb: 'lock', block: 'page', lock: 'closed', at: 'top' },
  text('one', '甲'), text('two', '乙'),
  { verb: 'add', block: 'left', component: 'kpi', into: 'main', props: { metric: 'load' } },
  { verb: 'lock', block: 'left', lock: 'required' },
  { verb: 'add', block: 'right', component: 'kpi', into: 'main', props: { metric: 'repair-rate' } },
  { verb: 'add', block: 'sec', component: 'section', into: 'main', props: { title: { zh: '分区', en: 'Section' } } },
  { verb: 'add', block: 'tab', component: 'tabs', into: 'main', props: { tabs: [{ id: 'a', title: { zh: '生产', en: 'A' } }, { id: 'b', title: { zh: '营销', en: 'B' } }] } },
  text('six', '己'), text('seven', '庚'), text('last', '末'),
];
const main = ['one', 'two', 'left', 'right', 'sec', 'tab', 'six', 'seven', 'last'];

/** Of a component that fails. */
const wares = {
  'package.lua': "return { name = 'trial', version = '1.0.0', title = { zh = '试验', en = 'Trial' } }\n",
  'flaky/component.lua': `return { name = 'flaky', title = { zh = '易碎', en = 'Flaky' }, icon = 'bolt', sizes = { default = 'full', min = 'full' },
    props = { type = 'object' }, load = function(ctx) error('no wind') end }\n`,
  'flaky/view.html': '<ui-card title="x"></ui-card>\n',
  'flaky/words/zh.json': '{}',
  'flaky/words/en.json': '{}',
};

let server;
let browser;
let group; // its cookie, for what is only prepared

async function api(cookie, path, init = {}) {
  const reply = await fetch(`${server.base}/api/v1/tenants/${path}`, { ...init, headers: { cookie, 'Content-Type': 'application/json', ...init.headers } });
  return { status: reply.status, body: await reply.json() };
}

async function say(unit, layer, verbs, cookie = group) {
  const { version } = (await api(cookie, `${unit}/layers/${layer}/draft`)).body;
  const done = await api(cookie, `${unit}/layers/${layer}/draft/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
}

async function publish(unit, layer, cookie = group) {
  const { version } = (await api(cookie, `${unit}/layers/${layer}/draft`)).body;
  const done = await api(cookie, `${unit}/layers/${layer}/draft/publish`, { method: 'POST', headers: { 'If-Match': `"${version}"` }, body: JSON.stringify({ reason: 'test' }) });
  assert.ok(done.status < 300, JSON.stringify(done.body));
}

before(async () => {
  const data = scratch();
  await (await startServer({ data })).stop();
  const installed = await run(['package', 'install', folderOf(wares), '--data', data]);
  assert.equal(installed.code, 0, installed.err);
  [server, browser] = await Promise.all([startServer({ data, demo: false }), openBrowser()]);
  group = (await signIn(server.base, 'zhoumingyuan')).cookie;
  await say('huaheng', 'ground', ground);
  await publish('huaheng', 'ground');
});
after(async () => {
  await browser.close();
  await server.stop();
});

// ---- dragging, each way ----

for (const [name, way] of Object.entries(ways)) {
  test(`${name}: components and blocks are put where they are let go`, async (t) => {
    const studio = await openStudio(browser, server.base, 'zhoumingyuan', way.options);
    const { page } = studio;
    const open = () => studio.open(UNIT, 'ground');
    const order = (region) => studio.order(UNIT, 'ground', region);

    await t.test('from the palette, with a line where it will stand', async () => {
      await open();
      await way.take(studio, studio.piece('memo'));
      await over(studio, way, { before: 'two', said: /正文 第 2 位/ });
      await page.locator('.line:not(.bad)').waitFor();
      assert.match(await studio.said(), /已拿起|第 2 位/);
      await way.drop(studio);
      await studio.spoken(/已放到 正文 第 2 位/);
      const now = await order();
      assert.match(now[1], /^memo-/);
      assert.deepEqual(now.toSpliced(1, 1), main);
      await studio.canvas.locator(`#b-${now[1]}`).waitFor();
      await page.locator(`.box[data-block="${now[1]}"]`).waitFor();
      assert.equal(await page.locator('.line, .ghost').count(), 0);
    });

    await t.test('at the very start and at the very end', async () => {
      await open();
      await drag(studio, way, studio.piece('memo'), { before: 'one', said: /正文 第 1 位/ });
      await drag(studio, way, studio.piece('agenda'), { after: 'last', said: /正文 第 11 位/ });
      const now = await order();
      assert.match(now[0], /^memo-/);
      assert.match(now.at(-1), /^agenda-/);
    });

    await t.test('into an empty region of a section, and of tabs', async () => {
      await open();
      await drag(studio, way, studio.piece('memo'), { inside: 'sec/content', said: /分区 第 1 位/ });
      assert.equal((await order('sec/content')).length, 1);
      await drag(studio, way, studio.piece('todo'), { inside: 'tab/a', said: /生产 第 1 位/ });
      assert.equal((await order('tab/a')).length, 1);
      assert.deepEqual(await order(), main);
    });

    await t.test('not into a region that a level above closed, which says who', async () => {
      await open();
      await way.take(studio, studio.piece('memo'));
      if (way.over) {
        for (let i = 0; i < 14; i++) {
          assert.doesNotMatch(await studio.said(), /页首/, 'it is never offered');
          await page.keyboard.press('ArrowUp');
        }
        await way.cancel(studio);
      } else {
        await over(studio, way, { before: 'head' });
        assert.match(await page.locator('.line.bad').innerText(), /华衡电力 锁定了此区域/);
        await way.drop(studio);
        await studio.spoken(/华衡电力 锁定了此区域/);
      }
      assert.deepEqual(await order('top'), ['head']);
      assert.deepEqual(await order(), main);
    });

    await t.test('the canvas scrolls at its edge, and what is given up changes nothing', async () => {
      await open();
      await way.take(studio, studio.piece('memo'));
      const scrolled = () => studio.canvas.locator('html').evaluate((html) => html.scrollTop);
      assert.equal(await scrolled(), 0);
      if (way.over) {
        await over(studio, way, { said: /正文 第 10 位/ });
      } else {
        const frame = await page.locator('.device iframe').boundingBox();
        await way.to(studio, { x: frame.x + 100, y: frame.y + frame.height / 2 });
        await way.to(studio, { x: frame.x + 100, y: frame.y + frame.height - 8 });
        await page.waitForFunction(() => document.querySelector('.device iframe').contentDocument.documentElement.scrollTop > 40);
      }
      assert.ok(await scrolled() > 40);
      await way.cancel(studio);
      await studio.spoken(/已取消/);
      assert.equal(await page.locator('.line, .ghost, .studio[data-dragging]').count(), 0);
      assert.deepEqual(await order(), main);
    });

    await t.test('a block that stands is selected and moved by its handle', async () => {
      await open();
      await studio.select('six');
      await drag(studio, way, studio.grip('six'), { before: 'two', said: /正文 第 2 位/ });
      assert.deepEqual(await order(), ['one', 'six', ...main.slice(1).filter((id) => id !== 'six')]);
      await page.locator('.box[data-block="six"]').waitFor();
      if (way.over) assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /移动/, 'the focus stays');
    });

    await t.test('beside one another the line stands upright', async () => {
      await open();
      await way.take(studio, studio.piece('kpi'));
      if (way.over) await over(studio, way, { said: /正文 第 4 位/ });
      else await way.to(studio, await studio.pointIn('#b-right', 0.5, 0.2));
      await page.locator('.line.upright').waitFor();
      await way.drop(studio);
      await studio.settled();
      assert.match((await order())[3], /^kpi-/);
    });

    await t.test('to another page: held over its name it opens, and the drag goes on there', async () => {
      const there = () => studio.order(UNIT, 'agenda');
      await studio.open(UNIT, 'agenda');
      const before = await there();
      await open();
      await studio.select('six');
      await way.take(studio, studio.grip('six'));
      if (way.over) {
        const list = (await studio.api(`tenants/${UNIT}/pages`)).body.items.map((one) => one.page);
        const turns = (list.indexOf('agenda') - list.indexOf('ground') + list.length) % list.length;
        for (let i = 0; i < turns; i++) {
          const before = await studio.said();
          await page.keyboard.press('PageDown');
          await page.waitForFunction((text) => { const now = document.querySelector('[aria-live=assertive]').textContent; return now !== text && /：/.test(now); }, before);
        }
        await over(studio, way, { said: /正文 第 1 位/ });
      } else {
        const chip = page.locator('.pages [data-page=agenda]');
        await chip.waitFor();
        const box = await chip.boundingBox();
        await way.to(studio, { x: box.x + box.width / 2, y: box.y + 12 });
        if (name === 'mouse') await page.screenshot({ path: join(pictures, 'studio-carry.png') });
        await page.locator('.page.on[data-page=agenda]').waitFor();
        await way.to(studio, await studio.pointIn(`#b-${before[0]}`, 0.1));
      }
      assert.equal(await page.locator('.ghost').count(), way.over ? 0 : 1);
      await page.locator('.line').waitFor();
      await way.drop(studio);
      await page.locator('.toast-act').waitFor();
      const after = await there();
      assert.match(after[0], /^rich-text-/);
      assert.deepEqual(after.slice(1), before);
      assert.deepEqual(await order(), main.filter((id) => id !== 'six'));
      assert.equal((await studio.preview(UNIT, 'agenda')).blocks.find((block) => block.id === after[0]).properties.find((one) => one.at === '/title').value.zh, '己');
      await page.locator('.toast-act').click();
      await page.waitForURL(/#\/huaheng-jl\/ground$/);
      await studio.ready();
      await studio.settled();
      await page.waitForFunction(() => document.querySelector('.device iframe').contentDocument.getElementById('b-six'));
      assert.deepEqual(await order(), main);
      assert.deepEqual(await there(), before);
    });

    await t.test('let go on the name of a page it is at its end; what is required stays; given up there changes nothing', async (t) => {
      if (way.over) return t.skip('names are for pointers');
      const onto = async (id) => {
        const box = await page.locator(`.pages [data-page=${id}]`).boundingBox();
        await way.to(studio, { x: box.x + box.width / 2, y: box.y + 12 });
      };
      await studio.open(UNIT, 'agenda');
      const before = await studio.order(UNIT, 'agenda');
      await open();
      await way.take(studio, studio.piece('memo'));
      await page.locator('.pages [data-page=agenda]').waitFor();
      await onto('agenda');
      await way.drop(studio);
      await page.locator('.box[data-block^=memo]').waitFor();
      await studio.settled();
      const after = await studio.order(UNIT, 'agenda');
      assert.deepEqual(after.slice(0, -1), before);
      assert.match(after.at(-1), /^memo-/);

      await studio.open(UNIT, 'agenda');
      await open();
      await studio.select('six');
      await way.take(studio, studio.grip('six'));
      await page.locator('.pages [data-page=agenda]').waitFor();
      await onto('agenda');
      await page.locator('.page.on[data-page=agenda]').waitFor();
      await way.cancel(studio);
      await studio.spoken(/已取消/);
      assert.deepEqual([await order(), await studio.order(UNIT, 'agenda')], [main, before]);

      await open();
      await studio.select('left');
      await way.take(studio, studio.grip('left'));
      await page.locator('.pages [data-page=agenda]').waitFor();
      await onto('agenda');
      await way.drop(studio);
      await page.locator('.toast.bad').filter({ hasText: /华衡电力 要求它留在原页面/ }).waitFor();
      assert.deepEqual([await order(), await studio.order(UNIT, 'agenda')], [main, before]);
    });

    await t.test('in the outline', async () => {
      await open();
      await studio.side('outline');
      await studio.row('seven').waitFor();
      await way.take(studio, studio.row('seven').locator('.grip'));
      if (way.over) {
        await over(studio, way, { said: /正文 第 2 位/ });
      } else {
        const box = await studio.row('two').boundingBox();
        await way.to(studio, { x: box.x + 60, y: box.y + 6 });
        await page.locator('.line.outlined').waitFor();
      }
      await way.drop(studio);
      await studio.settled();
      assert.deepEqual(await order(), ['one', 'seven', ...main.slice(1).filter((id) => id !== 'seven')]);
      if (!way.over) { // also where the canvas shows nothing: behind the second tab
        await way.take(studio, studio.row('six').locator('.grip'));
        const box = await page.locator('[data-tree="tab/b"] .tree-empty').boundingBox();
        await way.to(studio, { x: box.x + 30, y: box.y + 8 });
        await way.drop(studio);
        await studio.settled();
        assert.deepEqual(await order('tab/b'), ['six']);
      }
      await studio.side('blocks');
    });

    assert.deepEqual(studio.faults, []);
    await studio.close();
  });
}

test('keyboard: what was picked up keeps the focus, Tab gives up, and every step is spoken', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open(UNIT, 'ground');
  await studio.piece('memo').focus();
  await page.keyboard.press('Space');
  await studio.spoken(/第 1 位，共 \d+ 个位置/);
  await page.keyboard.press('ArrowDown');
  await studio.spoken(/第 2 位/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await studio.spoken(/已取消/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.component), 'memo');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await studio.spoken(/已放到/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.component), 'memo');
  await studio.close();
});

test('touch: a press takes hold after a moment; a swipe scrolls the palette and drags nothing', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan', { ...ways.touch.options, viewport: { width: 1440, height: 420 } });
  await studio.open(UNIT, 'ground');
  await studio.piece('memo').scrollIntoViewIfNeeded();
  const before = await studio.page.locator('.panel').evaluate((panel) => panel.scrollTop);
  const box = await studio.piece('memo').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await studio.touch('touchStart', x, y);
  for (let i = 1; i <= 8; i++) await studio.touch('touchMove', x, y - i * 16);
  await studio.page.waitForTimeout(300);
  assert.equal(await studio.page.locator('.studio[data-dragging]').count(), 0);
  await studio.touch('touchEnd');
  assert.ok(await studio.page.locator('.panel').evaluate((panel) => panel.scrollTop) > before + 30, 'the palette scrolls');
  assert.deepEqual(await studio.order(UNIT, 'ground'), main);
  await studio.close();
});

test('a phone: a component is dragged out of the sheet onto the page', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan', phone);
  const { page } = studio;
  await studio.open(UNIT, 'ground');
  await page.getByRole('button', { name: '组件' }).tap();
  await studio.piece('memo').waitFor();
  await page.waitForTimeout(350); // the sheet comes up
  await drag(studio, ways.touch, studio.piece('memo'), { before: 'two' });
  assert.match((await studio.order(UNIT, 'ground'))[1], /^memo-/);
  assert.equal(await overflow(page), 0);
  await page.getByRole('button', { name: '属性' }).tap();
  await page.locator('.props h2').waitFor();
  await page.waitForTimeout(350);
  const small = await page.locator('button:visible, input:visible, select:visible').evaluateAll((all) => all
    .filter((one) => !one.closest('.overlay, .tabs') && one.getBoundingClientRect().height > 0 && one.getBoundingClientRect().height < 32 && !one.closest('label'))
    .map((one) => `${one.className} ${one.getAttribute('aria-label') ?? one.textContent}`));
  assert.deepEqual(small, [], 'targets are large enough for a thumb');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

// ---- editing ----

test('several are selected, cut, copied, pasted on another page and in another unit, duplicated; undo outlives a reload', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open(UNIT, 'ground');
  await studio.select('two');
  await page.keyboard.down('Shift');
  const point = await studio.pointIn('#b-one');
  await page.mouse.click(point.x, point.y);
  await page.keyboard.up('Shift');
  await page.locator('.box[data-block="one"]').waitFor();
  assert.equal(await page.locator('.box[data-block]').count(), 2);

  await page.keyboard.press('Control+x');
  await studio.settled();
  await page.locator('.box[data-block]').first().waitFor({ state: 'detached' });
  assert.deepEqual(await studio.order(UNIT, 'ground'), main.slice(2));
  await page.keyboard.press('Control+z');
  await page.waitForFunction(() => document.querySelector('.device iframe').contentDocument.querySelector('#b-one'));
  assert.deepEqual(await studio.order(UNIT, 'ground'), main);

  await studio.open('huaheng-yl', 'ground');
  await studio.select('seven');
  await page.keyboard.press('Control+v');
  await page.locator('.box[data-block^="rich-text-"]').first().waitFor();
  const pasted = await studio.order('huaheng-yl', 'ground');
  const titles = (await studio.preview('huaheng-yl', 'ground')).blocks.filter((block) => pasted.slice(8, 10).includes(block.id))
    .map((block) => block.properties.find((one) => one.at === '/title').value.zh);
  assert.deepEqual(titles, ['甲', '乙'], 'both, in their order, behind what was selected');

  await studio.open('huaheng', 'studio-paste');
  await page.keyboard.press('Control+v');
  await page.locator('.box[data-block^="rich-text-"]').first().waitFor();
  assert.equal((await studio.order('huaheng', 'studio-paste')).length, 2);

  await studio.open(UNIT, 'ground');
  await studio.select('sec');
  await drag(studio, ways.keyboard, studio.piece('memo'), { said: /分区 第 1 位/ });
  await studio.select('sec', '#b-sec .section-head');
  await page.keyboard.press('Control+d');
  await page.locator('.box[data-block^="section-"]').waitFor();
  const copy = (await studio.order(UNIT, 'ground'))[main.indexOf('sec') + 1];
  assert.match(copy, /^section-/);
  assert.equal((await studio.order(UNIT, 'ground', `${copy}/content`)).length, 1, 'with what stands in it');

  await studio.open(UNIT, 'ground', { fresh: false });
  await page.getByRole('button', { name: '撤销' }).click();
  await studio.canvas.locator(`#b-${copy}`).waitFor({ state: 'detached' });
  await studio.settled();
  assert.deepEqual(await studio.order(UNIT, 'ground'), main);
  await studio.open(UNIT, 'ground', { fresh: false });
  await page.getByRole('button', { name: '重做' }).click();
  await studio.canvas.locator(`#b-${copy}`).waitFor();
  await studio.settled();
  assert.equal((await studio.order(UNIT, 'ground', `${copy}/content`)).length, 1);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

// ---- stories ----

const CITY = 'huaheng-jl-linzhou';
const field = (studio, label) => studio.page.locator('.props').getByLabel(label, { exact: true });

async function fill(studio, label, value) {
  await field(studio, label).fill(value);
  await field(studio, label).press('Tab');
}

async function set(studio, label, value) {
  await fill(studio, label, value);
  await studio.settled();
}

async function publishByHand(studio, reason) {
  const { page } = studio;
  await page.locator('.bar').getByRole('button', { name: '发布' }).click();
  await page.locator('.reach').waitFor();
  await page.getByLabel('这次改了什么、为什么').fill(reason);
  await page.getByRole('button', { name: '立即发布' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await studio.spoken(/已发布/);
}

test('a page is built from nothing, published, seen by an employee, changed and brought back', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const { cookie } = await signIn(server.base, 'shenliqun');
  const seen = async () => (await get(server.base, '/w/fresh', cookie)).text();
  await studio.open('huaheng', 'home');
  await page.getByRole('button', { name: '切换单位或页面' }).click();
  await page.getByLabel('页面标识（小写字母）').fill('fresh');
  await page.getByRole('button', { name: '新建页面' }).click();
  await page.waitForURL(/#\/huaheng\/fresh$/);
  await studio.ready();
  assert.equal(await studio.canvas.locator('.region-empty').count(), 3);
  await drag(studio, ways.mouse, studio.piece('rich-text'), { inside: 'main' });
  await set(studio, '标题 · 中文', '第一张卡');
  await page.locator('.stage').click({ position: { x: 10, y: 10 } });
  await page.getByRole('button', { name: '页面设置' }).click();
  await set(studio, '页面标题 · 中文', '新页');
  assert.doesNotMatch(await seen(), /第一张卡/);
  await publishByHand(studio, '开张');
  const first = await seen();
  assert.match(first, /第一张卡/);
  assert.match(first, /<title>新页/);

  await studio.select((await studio.order('huaheng', 'fresh'))[0]);
  await set(studio, '标题 · 中文', '改坏了');
  await publishByHand(studio, '改标题');
  assert.match(await seen(), /改坏了/);
  await page.getByRole('button', { name: '历史' }).click();
  await page.locator('.timeline > li').nth(1).getByRole('button', { name: '回到此版本' }).click();
  await page.locator('.version-mark.mark-other').nth(1).waitFor();
  assert.match(await page.frameLocator('.version iframe').first().locator('body').innerText(), /改坏了/);
  assert.match(await page.frameLocator('.version.after iframe').locator('body').innerText(), /第一张卡/, 'what will be shown stands beside what is');
  await page.locator('.differences del').getByText('改坏了').waitFor();
  assert.match(await seen(), /改坏了/, 'looking changes nothing');
  await page.locator('dialog').getByRole('button', { name: '回到此版本' }).last().click();
  await page.locator('.timeline > li').nth(2).waitFor();
  assert.match(await seen(), /第一张卡/);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a city overrides one property, the province changes another: both show; then the province locks it', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open(CITY, 'ground');
  await studio.select('six');
  assert.match(await page.locator('.property').first().innerText(), /来自 华衡电力/);
  await set(studio, '标题 · 中文', '临州的标题');
  assert.match(await page.locator('.property').first().innerText(), /本层设置/);
  await studio.open(UNIT, 'ground');
  await studio.select('six');
  await set(studio, '正文（Markdown） · 中文', '省里的正文');
  await publishByHand(studio, '正文');
  await studio.open(CITY, 'ground', { fresh: false });
  await studio.canvas.locator('#b-six').getByText('临州的标题').waitFor();
  await studio.canvas.locator('#b-six').getByText('省里的正文').waitFor();
  await studio.select('six');
  assert.match(await page.locator('.property', { hasText: 'Markdown' }).innerText(), /来自 江澜电力/);

  await studio.open(UNIT, 'ground');
  await studio.select('six');
  await page.getByRole('switch', { name: /属性封闭/ }).check();
  await studio.settled();
  await publishByHand(studio, '封闭');
  await studio.open(CITY, 'ground', { fresh: false });
  await studio.select('six');
  assert.ok(await field(studio, '标题 · 中文').isDisabled());
  assert.match(await page.locator('.property').first().innerText(), /由 江澜电力 锁定/);
  await page.locator('.box.locked').getByText('由 江澜电力 锁定').waitFor();
  await studio.side('layers');
  assert.match(await page.locator('.panel').innerText(), /被上级锁定/, 'what was set here is set aside');
  const { version } = (await studio.api(`tenants/${CITY}/layers/ground/draft`)).body;
  const refused = await studio.api(`tenants/${CITY}/layers/ground/draft/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs: [{ verb: 'set', block: 'six', at: '/text', value: 'x' }] }) });
  assert.equal(refused.status, 400);
  assert.equal(refused.body.errors[0].code, 'layout.locked');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('two administrators at once: different properties both stand, the same one shows both values', async () => {
  const [one, two] = await Promise.all(['zhoumingyuan', 'chengweimin'].map((name) => openStudio(browser, server.base, name)));
  // Neither hears of the other meanwhile, as when the connection is slow: then commands meet.
  for (const { context } of [one, two]) await context.route('**/draft/presence', (route) => route.fulfill({ status: 429, contentType: 'application/problem+json', body: '{}' }));
  await one.open(UNIT, 'ground');
  await two.open(UNIT, 'ground');
  await one.select('seven');
  await two.select('seven');
  await set(one, '标题 · 中文', '甲的标题');
  await set(two, '正文（Markdown） · 中文', '乙的正文');
  await two.canvas.locator('#b-seven').getByText('甲的标题').waitFor();
  await two.canvas.locator('#b-seven').getByText('乙的正文').waitFor();
  await two.page.getByRole('button', { name: '撤销' }).click();
  await two.canvas.locator('#b-seven').getByText('乙的正文').waitFor({ state: 'detached' });
  await two.canvas.locator('#b-seven').getByText('甲的标题').waitFor();

  await one.page.reload();
  await one.ready();
  await one.select('seven');
  await set(one, '标题 · 中文', '甲又改了');
  await fill(two, '标题 · 中文', '乙也要改');
  const conflict = two.page.locator('.property.torn');
  await conflict.getByText('甲又改了').waitFor();
  await conflict.getByText('乙也要改').waitFor();
  await two.spoken(/同一处/);
  await conflict.getByRole('button', { name: '用我的' }).click();
  await two.canvas.locator('#b-seven').getByText('乙也要改').waitFor();
  await conflict.waitFor({ state: 'detached' });
  assert.deepEqual(one.faults.filter((fault) => !/429/.test(fault)), []);
  assert.deepEqual(two.faults.filter((fault) => !/409|429/.test(fault)), []);
  await Promise.all([one.close(), two.close()]);
});

test('a lost connection, a lost answer, a session that ends: every change is kept and done once', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open(UNIT, 'ground');
  await studio.select('last');
  const sent = [];
  page.on('request', (request) => { if (COMMANDS.test(request.url())) sent.push(request.headers()['idempotency-key']); });
  await studio.context.setOffline(true);
  await fill(studio, '标题 · 中文', '断线时改的');
  await page.locator('.status.bad').getByText('修改已排队（1）').waitFor();
  await studio.context.setOffline(false);
  await studio.settled();
  await studio.canvas.locator('#b-last').getByText('断线时改的').waitFor();
  assert.equal(new Set(sent).size, 1);

  let lost = 0;
  await page.route(COMMANDS, async (route) => {
    const answer = await route.fetch();
    lost++;
    if (lost === 1) await route.abort('connectionreset');
    else if (lost === 2) await route.fulfill({ status: 200, contentType: 'application/json', body: (await answer.text()).slice(0, 99) });
    else await route.fulfill({ response: answer });
  });
  await studio.select('last');
  await page.keyboard.press('Control+d');
  await page.locator('.box[data-block^="rich-text-"]').waitFor();
  await studio.settled();
  assert.equal(lost, 3, 'asked again, also when the answer broke off');
  assert.equal((await studio.order(UNIT, 'ground')).length, main.length + 1, 'done once');
  await page.unroute(COMMANDS);

  await studio.context.clearCookies();
  await fill(studio, '标题 · 中文', '登录前改的');
  await page.getByRole('link', { name: '重新登录' }).click();
  await page.fill('#name', 'zhoumingyuan');
  await page.fill('#password', 'pinban-demo');
  await page.click('.button-wide');
  await page.waitForURL(/\/studio#\/huaheng-jl\/ground/);
  await studio.ready();
  await studio.canvas.getByText('登录前改的').waitFor();
  await studio.settled();
  assert.match((await studio.preview(UNIT, 'ground')).html ?? '', /^$|登录前改的/);
  await studio.close();
});

test('an answer that comes when another page is open changes what is of its own page', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open(UNIT, 'ground');
  const go = (layer) => page.evaluate((hash) => {
    location.hash = hash;
    dispatchEvent(new PopStateEvent('popstate'));
  }, `#/${UNIT}/${layer}`);
  let answer;
  const asked = new Promise((resolve) => {
    void page.route(COMMANDS, async (route) => {
      const made = await route.fetch();
      resolve();
      await new Promise((let_) => { answer = let_; });
      await route.fulfill({ response: made });
    }, { times: 1 });
  });
  await studio.select('last');
  await page.keyboard.press('Control+d');
  await asked;
  await go('home');
  await studio.canvas.locator('#b-head').waitFor();
  answer();
  await studio.settled();
  const undo = page.getByRole('button', { name: '撤销' });
  assert.equal(await undo.isDisabled(), true, 'nothing was done here');
  await studio.canvas.locator('#b-head').waitFor();
  await go('ground');
  await studio.canvas.locator('[id^="b-rich-text-"]').waitFor();
  assert.equal(await page.evaluate(() => Object.keys(sessionStorage).some((name) => name.startsWith('pinban.waiting/'))), false, 'nothing is sent again');
  await undo.click();
  await studio.canvas.locator('[id^="b-rich-text-"]').waitFor({ state: 'detached' });
  await studio.settled();
  assert.deepEqual(await studio.order(UNIT, 'ground'), main);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a component that fails when it is dropped costs its card only', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  await studio.open(UNIT, 'ground');
  await drag(studio, ways.mouse, studio.piece('trial/flaky'), { before: 'two' });
  const [, broken] = await studio.order(UNIT, 'ground');
  assert.match(broken, /^flaky-/);
  await studio.canvas.locator(`#b-${broken}`).waitFor();
  await studio.canvas.locator('#b-two').waitFor();
  await studio.page.keyboard.press('Delete');
  await studio.canvas.locator(`#b-${broken}`).waitFor({ state: 'detached' });
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

// ---- for all, by eye ----

/** What a mode can break: colours in the dark, names and the rest in another language. */
const rules = {
  light: {},
  dark: { runOnly: ['color-contrast'] },
  english: { rules: { 'color-contrast': { enabled: false } } },
};

async function audit(studio, mode, name, found) {
  const { page } = studio;
  const said = await page.evaluate(async (some) => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], iframes: false, ...some });
    return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 140)}`));
  }, rules[mode]);
  found.push(...said.map((one) => `${name} ${one}`));
  const wide = await overflow(page);
  if (wide) found.push(`${name}: ${wide} px too wide`);
  await page.screenshot({ path: join(pictures, `studio-${mode}-${name}.png`) });
}

/** Every place of the studio, one after the other; leaves each as it was. */
const rooms = {
  async blocks() {},
  async outline(studio) { await studio.side('outline'); },
  async layers(studio) { await studio.side('layers'); },
  async properties(studio) { await studio.select('sec', '#b-sec .section-head'); },
  async page({ page }) { await page.locator('#tab-outline').click(); await page.locator('.panel .row').first().click(); },
  async publish({ page }) { await page.locator('.bar .primary').click(); await page.locator('.reach').waitFor(); },
  async stages({ page }) {
    await page.locator('.bar .primary').click();
    await page.locator('.reach').waitFor();
    await page.locator('.way').nth(2).click();
    await page.locator('.steps [aria-expanded]').first().click();
    await page.locator('.unit-row').first().waitFor();
  },
  async history({ page }) { await page.locator('.bar .tool .i').last().click(); await page.locator('.timeline > li').first().waitFor(); },
  async units({ page }) { await page.locator('.where').click(); await page.locator('.units .row').nth(2).waitFor(); },
  async commands({ page }) { await page.keyboard.press('Control+k'); await page.locator('.found li').first().waitFor(); },
  async look({ page }) { await page.locator('[popovertarget=look]').click(); await page.locator('#look').waitFor(); },
  async refused(studio) {
    await studio.side('blocks');
    await ways.mouse.take(studio, studio.piece('memo'));
    await over(studio, ways.mouse, { before: 'head' });
    await studio.page.locator('.line.bad').waitFor();
  },
};

for (const [way, options] of [['keyboard', desk], ['touch', phone]]) {
  test(`${way}: the page is looked at at another time, follows what is said there, and is of now again`, async () => {
    const studio = await openStudio(browser, server.base, 'zhoumingyuan', { ...options, timezoneId: 'Asia/Shanghai' });
    const { page, canvas } = studio;
    const act = (locator) => (way === 'touch' ? locator.tap() : locator.press('Enter'));
    const field = page.getByLabel('时间', { exact: true });
    const back = page.getByRole('button', { name: '现在', exact: true });
    await studio.open(UNIT, 'ground');
    const now = await canvas.locator('#b-head .hero-hello').textContent();
    await act(page.locator('[popovertarget=look]'));
    assert.equal(await back.getAttribute('aria-pressed'), 'true');
    if (way === 'touch') {
      await field.fill('2031-03-05T20:10');
      await field.dispatchEvent('change');
    } else {
      const asked = [];
      page.on('request', (request) => { if (request.url().includes('at=')) asked.push(new URL(request.url()).searchParams.get('at')); });
      await field.focus();
      await page.keyboard.type('030520310810P'); // in the order of the browser's own language
      await canvas.getByText('晚上好').waitFor();
      assert.ok(asked.every((at) => at.startsWith('2031-03-05')), `${asked}`);
    }
    await canvas.getByText('晚上好').waitFor();
    await canvas.getByText('3月5日 星期三').waitFor();
    assert.equal(await back.getAttribute('aria-pressed'), 'false');
    assert.equal(await field.inputValue(), '2031-03-05T20:10');
    await say(UNIT, 'ground', [{ verb: 'set', block: 'six', at: '/title', value: { zh: `此刻 ${way}`, en: way } }]);
    await canvas.getByText(`此刻 ${way}`).waitFor();
    await canvas.getByText('晚上好').waitFor();
    assert.ok(await overflow(page) <= 0);
    await page.screenshot({ path: join(pictures, `builder-time-${way}.png`) });
    await act(back);
    await canvas.getByText(now).waitFor();
    assert.equal(await field.inputValue(), '');
    assert.deepEqual(studio.faults, []);
    await studio.close();
  });
}

for (const mode of ['light', 'dark', 'english']) {
  test(`${mode}: every place is accessible, keeps the policy and fits`, async () => {
    await say(UNIT, 'ground', [{ verb: 'set', block: 'six', at: '/title', value: { zh: mode, en: mode } }]);
    const studio = await openStudio(browser, server.base, 'zhoumingyuan', desk, { mode, examples: true });
    const { page } = studio;
    const found = [];
    await studio.open(UNIT, 'ground', { fresh: false });
    await page.evaluate(axe);
    for (const [name, enter] of Object.entries(rooms)) {
      await enter(studio);
      await audit(studio, mode, name, found);
      await page.keyboard.press('Escape');
      await page.mouse.up();
    }
    for (const width of [390, 1024]) {
      await page.setViewportSize({ width, height: 844 });
      await audit(studio, mode, width, found);
    }
    assert.deepEqual(found, []);
    assert.deepEqual(studio.faults, []);
    await studio.close();
  });
}
