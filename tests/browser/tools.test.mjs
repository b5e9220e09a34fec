// Each tool of a block and of its page does what it says, and what it says holds below.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, signIn } from '../harness.mjs';
import { openStage } from './browser.mjs';
import { openStudio } from './builder.mjs';

const UNIT = 'huaheng-jl';
const CITY = 'huaheng-jl-linzhou';
const { server, browser } = await openStage();

async function openLayer(unit, layer, who = 'zhoumingyuan') {
  const studio = await openStudio(browser, server.base, who);
  await studio.open(unit, layer);
  const props = studio.page.locator('.props');
  return Object.assign(studio, {
    props,
    tool: (name) => props.getByRole('button', { name, exact: true }),
    turn: (name) => props.getByRole('switch', { name: new RegExp(`^${name}`) }),
    async say(verbs) {
      const { version } = (await studio.api(`tenants/${unit}/layers/${layer}/draft`)).body;
      const { status, body } = await studio.api(`tenants/${unit}/layers/${layer}/draft/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
      assert.equal(status, 200, JSON.stringify(body));
    },
    async publish() {
      const { version } = (await studio.api(`tenants/${unit}/layers/${layer}/draft`)).body;
      const { status, body } = await studio.api(`tenants/${unit}/layers/${layer}/draft/publish`, { method: 'POST', headers: { 'If-Match': `"${version}"` }, body: JSON.stringify({ reason: 'test' }) });
      assert.equal(status, 200, JSON.stringify(body));
    },
    verbs: async () => (await studio.api(`tenants/${unit}/layers/${layer}/draft`)).body.verbs,
  });
}

const text = (block, title) => ({ verb: 'add', block, component: 'rich-text', into: 'main', props: { title: { zh: title }, text: 'x' } });

test('up, down, a copy, hidden, shown, removed: each by its button, each undone', async () => {
  const studio = await openLayer(UNIT, 'tools');
  await studio.say([text('one', '甲'), text('two', '乙'), text('three', '丙')]);
  await studio.open(UNIT, 'tools', { fresh: false });
  const order = () => studio.order(UNIT, 'tools');
  const becomes = async (wanted) => {
    await studio.settled();
    assert.deepEqual(await order(), wanted);
  };
  await studio.select('two');
  await studio.tool('上移').click();
  await becomes(['two', 'one', 'three']);
  assert.equal(await studio.canvas.locator('body').count(), 1, 'what is drawn anew stands in the place of the old');
  await studio.tool('下移').click();
  await studio.settled();
  await studio.tool('下移').click();
  await becomes(['one', 'three', 'two']);
  await studio.tool('复制一份').click();
  await studio.settled();
  const copied = await order();
  assert.deepEqual(copied.slice(0, 3), ['one', 'three', 'two']);
  assert.equal(copied.length, 4);
  await studio.canvas.locator(`#b-${copied[3]}`).getByText('乙').waitFor();
  assert.equal(await studio.props.locator('.props-head code').textContent(), copied[3], 'the copy is what is looked at');

  await studio.select('one');
  await studio.tool('隐藏').click();
  await studio.canvas.locator('#b-one').waitFor({ state: 'detached' });
  await studio.tool('显示').click();
  await studio.canvas.locator('#b-one').waitFor();
  await studio.tool('删除').click();
  await studio.canvas.locator('#b-one').waitFor({ state: 'detached' });
  await becomes(copied.slice(1));
  for (let i = 0; i < 7; i++) {
    await studio.page.getByRole('button', { name: '撤销', exact: true }).click();
    await studio.settled();
  }
  await becomes(['one', 'two', 'three']);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what a page of the demo had first is first again when its removal is undone', async () => {
  const studio = await openLayer('huaheng', 'home');
  const was = await studio.order('huaheng', 'home');
  assert.deepEqual(was.slice(0, 4), ['banner', 'notice', 'welcome', 'apps'], 'as its file is written');
  for (const block of ['banner', 'apps']) {
    await studio.select(block);
    await studio.tool('删除').click();
    await studio.canvas.locator(`#b-${block}`).waitFor({ state: 'detached' });
  }
  await studio.select('kpi-repair');
  await studio.tool('上移').click();
  await studio.settled();
  assert.notDeepEqual(await studio.order('huaheng', 'home'), was);
  for (let i = 0; i < 3; i++) {
    await studio.page.getByRole('button', { name: '撤销', exact: true }).click();
    await studio.settled();
  }
  assert.deepEqual(await studio.order('huaheng', 'home'), was);
  for (let i = 0; i < 3; i++) {
    await studio.page.getByRole('button', { name: '重做', exact: true }).click();
    await studio.settled();
  }
  const again = await studio.order('huaheng', 'home');
  assert.deepEqual(again.slice(0, 4), ['notice', 'kpi-repair', 'welcome', 'kpi-load']);
  await studio.open('huaheng', 'home');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what is locked here can be neither hidden, moved nor changed below, and says by whom', async () => {
  const above = await openLayer(UNIT, 'locks');
  await above.say([text('kept', '必看'), text('still', '不动'), text('whole', '不改'), text('free', '随意')]);
  await above.open(UNIT, 'locks', { fresh: false });
  for (const [block, name, kind] of [['kept', '必须显示', 'required'], ['still', '位置固定', 'fixed'], ['whole', '属性封闭', 'sealed']]) {
    await above.select(block);
    await above.turn(name).click();
    await above.settled();
    assert.ok(await above.turn(name).isChecked(), name);
    assert.ok((await above.verbs()).some((verb) => verb.verb === 'lock' && verb.block === block && verb.lock === kind), name);
  }
  await above.select('free');
  await above.turn('位置固定').click();
  await above.settled();
  await above.turn('位置固定').click();
  await above.settled();
  assert.equal((await above.verbs()).some((verb) => verb.block === 'free' && verb.verb !== 'add'), false, 'a lock taken back leaves nothing');
  await above.publish();

  const below = await openLayer(CITY, 'locks');
  const able = async (block) => {
    await below.select(block);
    const [hide, up, field] = [below.tool('隐藏'), below.tool('下移'), below.props.getByLabel('标题 · 中文', { exact: true })];
    return [await hide.isEnabled(), await up.isEnabled(), await field.isEnabled()];
  };
  assert.deepEqual(await able('kept'), [false, true, true]);
  await below.props.getByText('江澜电力 锁定').first().waitFor();
  assert.deepEqual(await able('still'), [true, false, true]);
  assert.deepEqual(await able('whole'), [true, true, false]);
  assert.deepEqual(await able('free'), [true, true, true]);
  await below.select('kept');
  await below.page.keyboard.press('Delete');
  await below.page.locator('.toast.bad').waitFor();
  assert.deepEqual(await below.order(CITY, 'locks'), ['kept', 'still', 'whole', 'free'], 'nor by the keyboard');
  assert.deepEqual([...above.faults, ...below.faults.filter((fault) => !/400/.test(fault))], []);
  await Promise.all([above.close(), below.close()]);
});

test('the page itself: its name, and whether people may arrange it', async () => {
  const studio = await openLayer(UNIT, 'itself');
  await studio.say([text('one', '甲')]);
  await studio.open(UNIT, 'itself', { fresh: false });
  await studio.props.getByRole('button', { name: '页面设置' }).click();
  await studio.props.locator('input[lang=zh]').fill('值班手册');
  await studio.page.keyboard.press('Tab');
  await studio.settled();
  await studio.page.locator('.where').getByText('值班手册').waitFor();
  await studio.turn('允许员工整理此页').click();
  await studio.settled();
  const pageOf = async (name) => (await get(server.base, '/w/itself', (await signIn(server.base, name)).cookie)).text();
  const before = await pageOf('wangfang');
  await studio.publish();
  const seen = await pageOf('wangfang');
  assert.ok(!before.includes('值班手册') && seen.includes('值班手册'));
  assert.ok(!(await pageOf('zhoumingyuan')).includes('值班手册'), 'she is of the group, the page of a province');
  const arrange = (await studio.verbs()).find((verb) => verb.block === 'page' && verb.at === '/arrange');
  assert.equal(seen.includes('/w/itself?arrange'), arrange.value, 'the way to arrange it is there when it may be arranged');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('cards of one component are told apart by what stands on them', async () => {
  const studio = await openLayer(UNIT, 'home');
  await studio.side('outline');
  const named = async () => (await studio.page.locator('.tree .row-name').allInnerTexts()).map((name) => name.trim());
  assert.deepEqual((await named()).slice(4, 8), ['全省负荷', '抢修及时率', '综合线损率', '新能源消纳率']);
  assert.ok((await named()).includes('应用宫格'), 'one of its kind has the name of its kind');
  await studio.close();
});

test('the page is looked at as somebody else, in the other language, dark and in large type', async () => {
  const studio = await openLayer(UNIT, 'home');
  const look = async (label, option) => {
    if (!(await studio.page.locator('#look').isVisible())) await studio.page.getByRole('button', { name: '以谁的身份看' }).click();
    await studio.page.locator('#look').getByLabel(label).selectOption(option);
  };
  assert.equal(await studio.canvas.getByText('王芳').count(), 0);
  await studio.page.getByRole('button', { name: '以谁的身份看' }).click();
  const whom = studio.page.getByRole('combobox', { name: '以谁的身份看' });
  await whom.fill('查无此人');
  await whom.press('Tab');
  await studio.page.locator('.toast.bad').getByText('没有找到“查无此人”').waitFor();
  assert.equal(await whom.inputValue(), '');
  await whom.fill('王');
  await studio.page.locator('#look .options li', { hasText: 'wangfang' }).click();
  await studio.canvas.getByText('王芳').first().waitFor();
  await look('语言', 'en');
  await studio.page.waitForFunction(() => document.querySelector('.device iframe').contentDocument?.documentElement?.lang === 'en');
  await look('明暗', 'dark');
  await studio.page.waitForFunction(() => document.querySelector('.device iframe').contentDocument?.documentElement?.dataset.scheme === 'dark');
  await look('字号', 'large');
  await studio.page.waitForFunction(() => document.querySelector('.device iframe').contentDocument?.documentElement?.dataset.size === 'large');
  await studio.select('todo');
  for (const [name, width] of [['平板', 820], ['桌面', 1280], ['手机', 390]]) {
    await studio.page.getByRole('button', { name, exact: true }).click();
    await studio.page.waitForFunction((wanted) => document.querySelector('.device iframe').contentWindow.innerWidth === wanted, width);
    await studio.page.waitForFunction(() => {
      const frame = document.querySelector('.device iframe');
      const there = frame.contentDocument.querySelector('#b-todo').getBoundingClientRect();
      const box = document.querySelector('.box[data-block=todo]');
      return ['Left', 'Top', 'Width'].every((side) => Math.abs(box[`offset${side}`] - there[side === 'Left' ? 'x' : side === 'Top' ? 'y' : 'width']) < 2);
    }, undefined, { timeout: 3000 });
  }
  assert.deepEqual(studio.faults, []);
  await studio.close();
});
