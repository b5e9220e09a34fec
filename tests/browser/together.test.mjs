// Several administrators, and what is published step by step: who else is there, stages, approval, closed regions, what
// came from above, what does not count.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { folderOf, get, root, run, scratch, signIn, startServer } from '../harness.mjs';
import { openBrowser, pictureFile, violations } from './browser.mjs';
import { desk, openStudio, over, ways } from './builder.mjs';
import { overflow } from './places.mjs';

const UNIT = 'huaheng-jl';
const CITY = 'huaheng-jl-linzhou';
const text = (block, zh, more = {}) => ({ verb: 'add', block, component: 'rich-text', into: 'main', props: { title: { zh, en: block }, text: 'x' }, ...more });
const set = (block, at, value) => ({ verb: 'set', block, at, value });

/** The demo's units; Yunling asks that somebody else approves. */
const asking = {
  'tenants.json': JSON.parse(readFileSync(join(root, 'tenants/demo/tenants.json'), 'utf8'))
    .map((unit) => (unit.id === 'huaheng-yl' ? { ...unit, approval: true } : unit)),
};

/** A component that fails when it is told to. */
const wares = {
  'package.lua': "return { name = 'trial', version = '1.0.0', title = { zh = '试验', en = 'Trial' } }\n",
  'flaky/component.lua': `return { name = 'flaky', title = { zh = '易碎', en = 'Flaky' }, icon = 'bolt', sizes = { default = 'full', min = 'full' },
    props = { type = 'object', properties = { bad = { type = 'boolean', default = false, title = { zh = '坏', en = 'Bad' } } } },
    load = function(ctx) if ctx.props.bad then error('no wind') end return { name = ctx.actor.name } end }\n`,
  'flaky/view.html': '<ui-card title="{{name}}"></ui-card>\n',
  'flaky/words/zh.json': '{}',
  'flaky/words/en.json': '{}',
};

let server;
let browser;
let group; // the group's administrator's cookie, for what is only prepared

async function api(path, init = {}, cookie = group) {
  const reply = await fetch(`${server.base}/api/v1/tenants/${path}`, { ...init, headers: { cookie, 'Content-Type': 'application/json', ...init.headers } });
  return { status: reply.status, body: await reply.json() };
}

async function say(unit, layer, verbs) {
  const { version } = (await api(`${unit}/layers/${layer}/draft`)).body;
  const done = await api(`${unit}/layers/${layer}/draft/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
}

async function publish(unit, layer, more = {}) {
  const { version } = (await api(`${unit}/layers/${layer}/draft`)).body;
  const done = await api(`${unit}/layers/${layer}/draft/publish`, { method: 'POST', headers: { 'If-Match': `"${version}"` }, body: JSON.stringify({ reason: 'test', ...more }) });
  assert.ok(done.status < 300, JSON.stringify(done.body));
}

async function made(unit, layer, verbs) {
  await say(unit, layer, verbs);
  await publish(unit, layer);
}

const cookies = {};
async function page(who, name) {
  cookies[who] ??= (await signIn(server.base, who)).cookie;
  return (await get(server.base, `/w/${name}`, cookies[who])).text();
}

before(async () => {
  const data = scratch();
  await (await startServer({ data })).stop();
  for (const words of [['tenant', 'import', folderOf(asking)], ['package', 'install', folderOf(wares)]]) {
    const done = await run([...words, '--data', data]);
    assert.equal(done.code, 0, done.err);
  }
  [server, browser] = await Promise.all([startServer({ data, demo: false }), openBrowser()]);
  group = (await signIn(server.base, 'zhoumingyuan')).cookie;
});
after(async () => {
  await browser.close();
  await server.stop();
});

const open = (name, options = desk, how = {}) => openStudio(browser, server.base, name, options, how);
const button = (place, name) => place.getByRole('button', { name });

async function toPublish(studio, reason) {
  await studio.page.locator('.bar .primary').click();
  await studio.page.locator('.reach').waitFor();
  await studio.page.getByLabel('这次改了什么、为什么').fill(reason);
}

async function looksGood(studio, name, found) {
  found.push(...(await violations(studio.page, { iframes: false })).map((one) => `${name} ${one}`));
  const wide = await overflow(studio.page);
  if (wide) found.push(`${name}: ${wide} px too wide`);
  await studio.page.screenshot({ path: pictureFile(`together-${name}`) });
}

test('stages: first a city, then on, halted, resumed, to all; shown on the bar and in the history', async () => {
  await made(UNIT, 'steps', [set('page', '/title', { zh: '老页', en: 'Old' }), text('one', '甲')]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(UNIT, 'steps');
  await say(UNIT, 'steps', [set('page', '/title', { zh: '新页', en: 'New' })]);
  await studio.open(UNIT, 'steps', { fresh: false });
  await toPublish(studio, '先试一个市');
  await window.locator('.way').nth(2).click();
  await window.getByLabel('第 1 步的人员比例').fill('100');
  await button(window, /第 1 步的单位/).click();
  await window.getByLabel('江汀供电', { exact: true }).check();
  await window.getByLabel('第 1 步之后').selectOption({ label: '手动推进' });
  await button(window, '删除第 2 步').click();
  await button(window, '开始第 1 步').click();
  const strip = window.locator('.waiting');
  await strip.getByText(/第 1\/1 步 · 江汀供电 的 100%/).waitFor();
  await studio.spoken(/第 1 步已开始/);
  const approver = await open('chengweimin');
  await approver.open(UNIT, 'steps', { fresh: false });
  await approver.page.locator('.waiting').getByText(/江汀供电 的 100%/).waitFor(); // who did not choose it knows its name, too
  await approver.close();
  const titles = async () => Promise.all(['guozhicheng', 'wangfang'].map(async (who) => (await page(who, 'steps')).match(/<title>(..)/)[1]));
  assert.deepEqual(await titles(), ['新页', '老页']);
  assert.ok(await window.locator('.bar .primary').isDisabled(), 'the draft rests');

  await button(strip, '暂停').click();
  await strip.getByText('已暂停：所有人看到旧版').waitFor();
  assert.deepEqual(await titles(), ['老页', '老页']);
  await button(strip, '继续').click();
  await button(window.locator('dialog'), '继续').last().click();
  await strip.getByText(/第 1\/1 步/).waitFor();
  assert.deepEqual(await titles(), ['新页', '老页']);
  await button(strip, '发给全部').click();
  await window.getByText('接下来：全部人员').waitFor();
  await window.getByLabel('说明（可不填）').fill('一切正常');
  await button(window.locator('dialog'), '发给全部').last().click();
  await strip.waitFor({ state: 'detached' });
  assert.deepEqual(await titles(), ['新页', '新页']);

  await button(window.locator('.bar'), '历史').click();
  const events = window.locator('.timeline > li').first().locator('.events');
  await events.waitFor();
  const told = await events.innerText();
  for (const one of [/第 1 步开始/, /暂停 · 周明远/, /继续第 1 步 · 周明远/, /推进到全部人员 · 周明远：一切正常/]) assert.match(told, one);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a stage in which a card fails is halted by itself, and the bar says which', async () => {
  await made(UNIT, 'fragile', [set('page', '/title', { zh: '易碎', en: 'Fragile' }), { verb: 'add', block: 'card', component: 'trial/flaky', into: 'main' }]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(UNIT, 'fragile');
  await say(UNIT, 'fragile', [set('card', '/bad', true)]);
  await studio.open(UNIT, 'fragile', { fresh: false });
  await toPublish(studio, '试一下');
  await window.locator('.way').nth(2).click();
  await window.getByLabel('第 1 步的人员比例').fill('100');
  await window.getByLabel('第 2 步的人员比例').fill('50');
  await window.getByLabel('至少已显示').fill('3');
  await button(window, '开始第 1 步').click();
  assert.equal(await window.locator('.steps input:invalid').count(), 1, 'a later step cannot have fewer people');
  await window.getByLabel('第 2 步的人员比例').fill('100');
  await button(window, '开始第 1 步').click();
  const strip = window.locator('.waiting');
  await strip.waitFor();
  for (const who of ['wangfang', 'chengweimin', 'sunlei', 'guozhicheng']) await page(who, 'fragile');
  await strip.getByText(/失败 \d\/\d 次，已自动暂停/).waitFor();
  assert.doesNotMatch(await page('wangfang', 'fragile'), /card-error|b-broken/);
  await button(strip, '收回').click();
  const dialog = window.locator('dialog');
  await button(dialog, '收回').last().click();
  assert.equal(await dialog.locator('textarea:invalid').count(), 1, 'it wants to know why');
  await dialog.getByLabel('原因').fill('卡片坏了');
  await button(dialog, '收回').last().click();
  await strip.waitFor({ state: 'detached' });
  assert.ok(await window.locator('.bar .primary').isEnabled(), 'the draft can be changed again');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('at a time: it waits on the bar, and is taken back', async () => {
  await made(UNIT, 'later', [set('page', '/title', { zh: '现在', en: 'Now' }), text('one', '甲')]);
  await say(UNIT, 'later', [set('page', '/title', { zh: '以后', en: 'Later' })]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(UNIT, 'later', { fresh: false });
  await toPublish(studio, '明早');
  await window.locator('.way').nth(1).click();
  await window.getByLabel('发布时间').fill('2099-01-01T08:00');
  await button(window, '安排发布').click();
  await window.locator('.waiting').getByText(/将于 2099年1月1日/).waitFor();
  await button(window.locator('.waiting'), '收回').click();
  await button(window.locator('dialog'), '收回').last().click();
  await window.locator('.waiting').waitFor({ state: 'detached' });
  assert.match(await page('wangfang', 'later'), /<title>现在/);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('approval: proposed by one, refused with a reason by another, proposed again, looked at and approved', async () => {
  const author = await open('xuyizhou');
  const approver = await open('luoyunfei');
  await author.open('huaheng-yl', 'home');
  await author.select('todo');
  await author.page.locator('.props').getByLabel('条数').fill('7');
  await author.page.keyboard.press('Tab');
  await author.settled();
  await author.page.locator('.bar').getByRole('button', { name: '提交审批' }).click();
  await author.page.locator('.reach').waitFor();
  await author.page.getByLabel('这次改了什么、为什么').fill('多看几条');
  await author.page.locator('dialog .primary').click();
  const waiting = author.page.locator('.waiting');
  await waiting.getByText('许一舟 提交，等待审批').waitFor();
  await waiting.getByText('须由另一位管理员批准').waitFor();
  assert.equal(await button(waiting, '批准').count(), 0);

  await approver.open('huaheng-yl', 'home', { fresh: false });
  await button(approver.page.locator('.waiting'), '退回').click();
  await approver.page.getByLabel('原因', { exact: true }).fill('七条太多');
  await button(approver.page.locator('dialog'), '退回').last().click();
  await waiting.waitFor({ state: 'detached' });
  await button(author.page.locator('.bar'), '历史').click();
  const newest = author.page.locator('.timeline > li').first();
  await newest.getByText('已退回').waitFor();
  await newest.getByText('罗云飞：七条太多').waitFor();
  await author.page.keyboard.press('Escape');

  await author.page.locator('.props').getByLabel('条数').fill('6');
  await author.page.keyboard.press('Tab');
  await author.settled();
  await author.page.locator('.bar').getByRole('button', { name: '提交审批' }).click();
  await author.page.locator('.reach').waitFor();
  await author.page.getByLabel('这次改了什么、为什么').fill('六条');
  await author.page.locator('dialog .primary').click();
  await button(approver.page.locator('.waiting'), '批准').click();
  await approver.page.locator('.version-mark').first().waitFor();
  await approver.page.locator('dialog .differences').getByText('6').waitFor();
  await button(approver.page.locator('dialog'), '批准').last().click();
  await approver.page.locator('.waiting').waitFor({ state: 'detached' });
  await author.page.locator('.status').getByText('与已发布一致').waitFor();
  const { body } = await api('huaheng-yl/layers/home/revisions?limit=1');
  assert.deepEqual([body.items[0].state, body.items[0].decided_by], ['published', 'luoyunfei']);
  assert.deepEqual([...author.faults, ...approver.faults], []);
  await Promise.all([author.close(), approver.close()]);
});

test('others at the same layer: who, since when, at which block; what they do is shown, and what one types is not lost', async () => {
  await made(UNIT, 'table', [text('one', '甲'), text('two', '乙')]);
  const [one, two] = await Promise.all(['zhoumingyuan', 'chengweimin'].map((name) => open(name)));
  await one.open(UNIT, 'table');
  assert.equal(await one.page.locator('.faces').count(), 0);
  await two.open(UNIT, 'table');
  await two.select('two');
  await one.page.locator('.box.other[data-other="two"]').getByText('程为民').waitFor();
  await one.spoken(/程为民 打开了这一层/);
  await one.side('outline');
  await one.row('two').locator('.face').waitFor();
  await one.page.locator('.faces').focus();
  await one.page.keyboard.press('Enter');
  await one.page.locator('#present').getByText(/江澜电力 · .+打开/).waitFor();
  await one.page.locator('#present').getByText('正在看 乙').click();
  await one.page.locator('.box[data-block="two"]').waitFor();

  const title = (studio) => studio.page.locator('.props').getByLabel('标题 · 中文', { exact: true });
  await one.select('one');
  await title(one).fill('甲改了');
  await one.page.keyboard.press('Tab');
  await one.settled();
  await two.canvas.locator('#b-one').getByText('甲改了').waitFor(); // without a reload

  await title(two).fill('乙正在写');
  await say(UNIT, 'table', [set('two', '/title', { zh: '别人写的', en: 'two' })]);
  await one.canvas.locator('#b-two').getByText('别人写的').waitFor();
  assert.equal(await title(two).inputValue(), '乙正在写', 'what is being typed stays');
  await title(two).press('Tab');
  const torn = two.page.locator('.property.torn');
  await torn.getByText('别人写的').waitFor();
  await button(torn, '用我的').click();
  await two.canvas.locator('#b-two').getByText('乙正在写').waitFor();

  await two.page.goto('about:blank');
  await one.page.locator('.faces').waitFor({ state: 'detached' });
  await Promise.all([one.close(), two.close()]);
});

test('a region is closed in the outline, on the page and by keyboard; below it says who, and takes nothing', async () => {
  await made(UNIT, 'closing', [text('one', '甲'), { verb: 'add', block: 'sec', component: 'section', into: 'main', props: { title: { zh: '分区', en: 'Section' } } }]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(UNIT, 'closing');
  await studio.side('outline');
  const lock = button(window.locator('.panel'), /封闭区域“正文”/);
  await lock.focus();
  await window.keyboard.press('Enter');
  await studio.spoken(/正文 已对下级封闭/);
  assert.equal(await lock.getAttribute('aria-pressed'), 'true');
  await window.locator('.region-box.closed[data-region="main"] .region-lock').click();
  await studio.spoken(/正文 已开放/);
  await window.locator('.region-box.closed').waitFor({ state: 'detached' });

  await studio.select('sec', '#b-sec .section-head');
  const chip = window.locator('.region-box[data-region="sec/content"]');
  await chip.getByText('下级可添加').click();
  await chip.getByText('已对下级封闭').waitFor();
  const change = window.getByRole('switch', { name: /封闭区域“分区”/ });
  assert.ok(await change.isChecked());
  await change.uncheck();
  await chip.getByText('下级可添加').waitFor();
  await change.check();
  await studio.settled();
  await lock.click();
  await studio.settled();
  await studio.open(UNIT, 'closing', { fresh: false });
  await toPublish(studio, '封闭');
  await window.locator('.differences').getByText(/锁定 · 封闭区域“正文”/).waitFor();
  await button(window, '立即发布').click();
  await window.locator('dialog').waitFor({ state: 'detached' });

  await studio.open(CITY, 'closing');
  await studio.side('outline');
  const inherited = window.locator('.panel .region-lock.closed');
  assert.deepEqual(await inherited.evaluateAll((all) => all.map((one) => one.title)), ['由 江澜电力 封闭', '由 江澜电力 封闭']);
  assert.equal(await button(window.locator('.panel'), /封闭区域“正文”/).count(), 0, 'it cannot be opened here');
  await window.locator('.region-box.closed[data-region="main"]').waitFor();
  await studio.side('blocks');
  await ways.mouse.take(studio, studio.piece('memo'));
  await over(studio, ways.mouse, { before: 'one' });
  await window.locator('.line.bad').getByText('江澜电力 锁定了此区域').waitFor();
  await ways.mouse.cancel(studio);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what is inherited is restored only where there is something above; a block of this layer says why not', async () => {
  await made(UNIT, 'back', [text('one', '甲')]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  const props = window.locator('.props');
  await studio.open(CITY, 'back');
  await studio.select('one');
  await props.getByText('本层没有改动此组件').waitFor();
  assert.equal(await button(props, '整个组件恢复继承').count(), 0);
  await props.getByLabel('标题 · 中文', { exact: true }).fill('改了');
  await window.keyboard.press('Tab');
  await button(props, '整个组件恢复继承').click();
  await studio.canvas.locator('#b-one').getByText('甲').waitFor();
  await props.getByText('本层没有改动此组件').waitFor();

  await say(CITY, 'back', [{ verb: 'add', block: 'own', component: 'todo', into: 'main', props: { limit: 9 } }]);
  await studio.canvas.locator('#b-own').waitFor(); // by itself: what others do is taken over
  await studio.select('own');
  await props.getByText('此组件由本层添加，上级没有可恢复的内容').waitFor();
  assert.equal(await button(props, /恢复继承/).count(), 0);
  const limit = props.locator('.property', { hasText: '条数' });
  await button(limit, '恢复默认').click();
  await studio.settled();
  assert.equal(await limit.locator('input').inputValue(), '4');
  assert.equal(await button(limit, '恢复默认').count(), 0);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what came from above since the last visit is listed, found on the page, and gone when seen', async () => {
  await made(UNIT, 'news', [text('one', '甲'), text('two', '乙'), set('page', '/title', { zh: '新闻', en: 'News' })]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(CITY, 'news');
  await studio.side('layers');
  await window.getByText('上次查看以来没有变化').waitFor();
  await window.goto('about:blank');
  await made(UNIT, 'news', [set('two', '/title', { zh: '乙新', en: 'two' }), text('three', '丙')]);
  await studio.open(CITY, 'news', { fresh: false });
  assert.match(await window.locator('#tab-layers .badge').innerText(), /^2/);
  await studio.side('layers');
  const list = window.locator('section', { has: window.getByRole('heading', { name: '上级带来的变化' }) }).last();
  await list.getByText(/乙 → 乙新/).waitFor();
  await list.locator('.what-added').getByText('丙').click();
  await window.locator('.box[data-block="three"]').waitFor();
  assert.match(await list.innerText(), /江澜电力/);
  await button(list, '知道了').click();
  await window.getByText('上次查看以来没有变化').waitFor();
  assert.equal(await window.locator('#tab-layers .badge').count(), 0);
  await studio.open(CITY, 'news', { fresh: false });
  await studio.side('layers');
  await window.getByText('上次查看以来没有变化').waitFor();
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what does not count is seen beside what does; it is kept, or dropped and had back', async () => {
  await made(UNIT, 'aside', [text('one', '甲'), text('two', '乙')]);
  await made(CITY, 'aside', [set('one', '/title', { zh: '市里的', en: 'one' }), set('two', '/text', 'y'), { verb: 'move', block: 'two', into: 'main', after: '' }]);
  await made(UNIT, 'aside', [{ verb: 'lock', block: 'one', lock: 'sealed' }, { verb: 'lock', block: 'two', lock: 'fixed' }]);
  const studio = await open('zhoumingyuan');
  const { page: window } = studio;
  await studio.open(CITY, 'aside');
  assert.match(await window.locator('#tab-layers .badge').innerText(), /^2/);
  await studio.side('layers');
  const asides = window.locator('.asides > li');
  const sealed = asides.filter({ hasText: '标题' });
  assert.match(await sealed.innerText(), /由 江澜电力 锁定/);
  assert.match(await sealed.innerText(), /本层：标题 = 市里的/);
  assert.match(await sealed.innerText(), /生效：甲（来自 江澜电力）/);
  await button(sealed, '保留').click();
  await button(sealed, '已保留').waitFor();
  assert.match(await window.locator('#tab-layers .badge').innerText(), /^1/);
  const fixed = asides.filter({ hasText: '移动' });
  await button(fixed, '放弃').click();
  await fixed.waitFor({ state: 'detached' });
  const verbs = async () => (await api(`${CITY}/layers/aside/draft`)).body.verbs.map(({ verb, block }) => `${verb} ${block}`);
  assert.deepEqual((await verbs()).toSorted(), ['set one', 'set two'], 'only what did not count is gone');

  await made(UNIT, 'aside', [{ verb: 'unlock', block: 'one', lock: 'sealed' }]);
  await studio.open(CITY, 'aside', { fresh: false });
  await studio.canvas.locator('#b-one').getByText('市里的').waitFor();
  await made(UNIT, 'aside', [{ verb: 'remove', block: 'one' }]);
  await studio.open(CITY, 'aside', { fresh: false });
  await studio.side('layers');
  await button(asides.filter({ hasText: '所指组件已不存在' }), '放弃').click();
  await asides.waitFor({ state: 'detached' });
  assert.deepEqual(await verbs(), ['set two']);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

for (const mode of ['light', 'dark', 'english']) {
  test(`${mode}: what waits, who is there and what came from above are accessible and fit`, async () => {
    const layer = `look-${mode}`;
    await made(UNIT, layer, [text('one', '甲'), text('two', '乙'), { verb: 'lock', block: 'page', lock: 'closed' }]);
    await made(CITY, layer, [set('one', '/title', { zh: '市里的', en: 'one' })]);
    const studio = await open('zhoumingyuan', desk, { mode });
    const other = await open('chengweimin');
    const { page: window } = studio;
    const found = [];
    await studio.open(CITY, layer);
    await new Promise((resolve) => { setTimeout(resolve, 1100); });
    await made(UNIT, layer, [{ verb: 'lock', block: 'one', lock: 'sealed' }, set('two', '/title', { zh: '乙新', en: 'B new' })]);
    await other.open(CITY, layer, { fresh: false });
    await other.select('two');
    await studio.open(CITY, layer, { fresh: false });
    await studio.side('layers');
    await window.locator('.asides').waitFor();
    await window.locator('.box.other').waitFor();
    await looksGood(studio, `${mode}-layers`, found);
    await window.locator('.faces').click();
    await looksGood(studio, `${mode}-present`, found);
    await window.keyboard.press('Escape');
    await say(CITY, layer, [set('two', '/text', 'y')]);
    await publish(CITY, layer, { stages: [{ percent: 10, minutes: 60 }, { percent: 40 }] });
    await window.locator('.waiting').waitFor();
    await studio.side('outline');
    await looksGood(studio, `${mode}-staged`, found);
    for (const width of [390, 768, 1024]) {
      await window.setViewportSize({ width, height: 844 });
      await looksGood(studio, `${mode}-staged-${width}`, found);
    }
    await window.setViewportSize({ width: 1440, height: 900 });
    await window.locator('.waiting .primary').click();
    await window.locator('dialog').waitFor();
    await looksGood(studio, `${mode}-advance`, found);
    await window.keyboard.press('Escape');
    await window.locator('.waiting .button').first().click();
    await window.locator('.timeline .progress').waitFor();
    await looksGood(studio, `${mode}-history`, found);
    await window.locator('.timeline .actions .button').first().click();
    await window.locator('.version-mark').nth(1).waitFor();
    await looksGood(studio, `${mode}-compare`, found);
    await window.setViewportSize({ width: 390, height: 844 });
    await looksGood(studio, `${mode}-compare-390`, found);
    assert.deepEqual(found, []);
    assert.deepEqual(studio.faults, []);
    await Promise.all([studio.close(), other.close()]);
  });
}
