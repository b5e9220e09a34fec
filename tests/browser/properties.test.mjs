// The panel of properties: which stand there, what they say of the layers, what they offer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { folderOf, run, scratch, startServer } from '../harness.mjs';
import { desk, openStudio } from './builder.mjs';
import { openBrowser, pictureFile, violations } from './browser.mjs';
import { modes, overflow } from './places.mjs';

const wares = {
  'package.lua': "return { name = 'trial', version = '1.0.0', title = { zh = '试验', en = 'Trial' } }\n",
  'way/component.lua': `local function title(zh, en) return { zh = zh, en = en } end
  return { name = 'way', title = title('去处', 'Way'), icon = 'bolt', sizes = { default = 'full', min = 'full' },
    props = { type = 'object', properties = {
      kind = { enum = { 'text', 'link' }, default = 'text', title = title('种类', 'Kind') },
      note = { type = 'string', title = title('备注', 'Note') } },
      ['if'] = { properties = { kind = { const = 'link' } } },
      ['then'] = { properties = { address = { type = 'string', format = 'uri-reference', title = title('地址', 'Address') }, note = false } },
      ['else'] = { properties = { count = { type = 'integer', minimum = 1, maximum = 9, default = 2, title = title('条数', 'How many') } } } },
    load = { kind = '$props.kind' } }\n`,
  'way/view.html': '<ui-card title="x">{{kind}}</ui-card>\n',
  'way/words/zh.json': '{}',
  'way/words/en.json': '{}',
};

let server;
let browser;

before(async () => {
  const data = scratch();
  await (await startServer({ data })).stop();
  const installed = await run(['package', 'install', folderOf(wares), '--data', data]);
  assert.equal(installed.code, 0, installed.err);
  [server, browser] = await Promise.all([startServer({ data, demo: false }), openBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('a property appears and goes with the value that it depends on', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'home');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('+ 去处');
  await page.keyboard.press('Enter');
  const shown = () => page.locator('.props .property label, .props .property legend').allTextContents();
  await page.locator('.props').getByLabel('种类').waitFor();
  assert.deepEqual((await shown()).filter((text) => /种类|备注|地址|条数/.test(text)).sort(), ['备注', '条数', '种类'].sort());
  await page.locator('.props').getByLabel('种类').selectOption('"link"');
  await page.locator('.props').getByRole('combobox', { name: '地址', exact: true }).waitFor();
  assert.deepEqual((await shown()).filter((text) => /种类|备注|地址|条数/.test(text)).sort(), ['地址', '种类'].sort());
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('what is set here says what it overrides and what it becomes when restored', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'todo');
  await studio.select('todo');
  const limit = page.locator('.props .property').filter({ has: page.getByLabel('条数', { exact: true }) });
  await limit.getByText('来自 华衡电力').waitFor();
  await limit.getByRole('spinbutton').fill('9');
  await page.keyboard.press('Tab');
  await limit.getByText('覆盖 华衡电力').waitFor();
  assert.equal(await limit.locator('.over q').textContent(), '50');
  const title = page.locator('.props .property').filter({ has: page.getByLabel('标题 · 中文', { exact: true }) });
  await title.getByRole('textbox').first().fill('省里的待办');
  await page.keyboard.press('Tab');
  await title.getByText('覆盖默认值').waitFor();
  assert.deepEqual(await violations(page), []);
  const told = (await studio.preview('huaheng-jl', 'todo')).blocks.find((block) => block.id === 'todo').properties;
  assert.deepEqual(told.map(({ at, over }) => [at, over?.value, over?.by?.unit]).sort(), [['/limit', 50, 'huaheng'], ['/more', undefined, undefined], ['/title', undefined, undefined]]);
  await limit.getByRole('button', { name: '恢复继承' }).click();
  await limit.getByText('来自 华衡电力').waitFor();
  assert.equal(await limit.getByRole('spinbutton').inputValue(), '50');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a link leads to a page, to a component on this page or to where an app leads', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'home');
  await studio.select('todo');
  const more = page.locator('.props').getByRole('combobox', { name: '全部待办页', exact: true });
  const offered = page.locator('.props [role=option]');
  const choose = async (asked, kind, value) => {
    await more.fill(asked);
    await page.waitForFunction((text) => {
      const options = [...document.querySelectorAll('.props [role=option]')];
      return options.length && options.every((one) => one.textContent.includes(text));
    }, asked);
    await offered.filter({ hasText: kind }).first().click();
    await studio.settled();
    assert.equal(await more.inputValue(), value);
  };
  await more.fill('');
  await offered.filter({ hasText: '本页组件' }).first().waitFor();
  assert.deepEqual([...new Set(await offered.locator('small').allTextContents())], ['页面', '本页组件', '应用']);
  assert.equal(await offered.filter({ hasText: '#b-todo' }).count(), 0, 'not to itself');
  assert.deepEqual(await violations(page), []);
  await choose('/w/agenda', '页面', '/w/agenda');
  await choose('#b-news', '本页组件', '#b-news');
  assert.equal(await studio.canvas.locator('#b-todo a[href="#b-news"]').count(), 1);
  await choose('考勤打卡', '应用', '/w/app?id=attendance');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a tap may open an address elsewhere, call a number or write a mail; what is none is refused in words', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'home');
  await studio.select('todo');
  const field = page.locator('.props .link-field');
  const kind = field.getByLabel('点按后做什么 · 全部待办页');
  const text = field.getByRole('textbox');
  const leads = (to) => studio.canvas.locator(`#b-todo a[href="${to}"]`).first().waitFor();
  const cases = [
    ['拨打电话', '０４３１ 8888-8888', '0431-8888-8888', 'tel:0431-8888-8888', '打电话'],
    ['打开外部网址', 'www.example.com/a b', 'https://www.example.com/a%20b', 'https://www.example.com/a%20b', 'a@b.example'],
    ['写邮件', 'mailto:banzhu@example.com', 'banzhu@example.com', 'mailto:banzhu@example.com', 'banzhu'],
  ];
  for (const [name, asked, shown, value, none] of cases) {
    await kind.selectOption({ label: name });
    assert.equal(await text.inputValue(), '');
    await text.fill(none);
    await page.keyboard.press('Tab');
    await field.getByRole('alert').getByText('没有保存').waitFor();
    assert.deepEqual(await violations(page), []);
    await text.fill(asked);
    await page.keyboard.press('Tab');
    await leads(value);
    await studio.settled();
    assert.equal(await text.inputValue(), shown);
    assert.equal(await field.getByRole('alert').count(), 0);
  }
  await page.locator('.bar').getByRole('button', { name: '撤销' }).click();
  await leads('https://www.example.com/a%20b');
  assert.equal(await kind.inputValue(), 'web');

  // What it does not know stays as it is, and is said to lead nowhere.
  await kind.selectOption({ label: '打开页面或应用' });
  const pick = field.getByRole('combobox', { name: '全部待办页', exact: true });
  assert.equal(await pick.inputValue(), 'https://www.example.com/a%20b');
  await pick.fill('weixin://dl/scan');
  await page.keyboard.press('Tab');
  await field.getByText('不允许这样的地址').waitFor();
  await leads('#');
  assert.equal(await pick.inputValue(), 'weixin://dl/scan');
  await kind.selectOption({ label: '拨打电话' });
  await kind.selectOption({ label: '打开页面或应用' });
  assert.equal(await pick.inputValue(), 'weixin://dl/scan');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

/** A record list on a page of its own, and its panel. */
async function openList(studio, layer, props, unit = 'huaheng') {
  const path = `tenants/${unit}/layers/${layer}/draft`;
  const { version } = (await studio.api(path)).body;
  const verbs = [{ verb: 'add', block: 'list', component: 'record-list', into: 'main', props }];
  const said = await studio.api(`${path}/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
  assert.equal(said.status, 200, JSON.stringify(said.body));
  await studio.open(unit, layer, { fresh: false });
  await studio.select('list');
  const panel = studio.page.locator('.props');
  if (!(await panel.locator('.property-group').first().evaluate((one) => one.open))) await panel.getByText('选哪些记录').click();
  return {
    panel,
    field: (name) => panel.getByLabel(name, { exact: true }),
    filter: async () => (await studio.preview(unit, layer)).blocks.find(({ id }) => id === 'list').properties.find(({ at }) => at === '/filter')?.value,
    async choose(name, choice) {
      await panel.getByLabel(name, { exact: true }).selectOption({ label: choice });
      await studio.settled();
    },
  };
}

const titles = (studio) => studio.canvas.locator('#b-list').getByRole('listitem').allInnerTexts();
/** The card, once it is another than it was. */
async function changed(studio, before) {
  for (let i = 0; i < 100; i++) {
    const now = await titles(studio);
    if (JSON.stringify(now) !== JSON.stringify(before)) return now;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  return assert.fail(`still ${before}`);
}

test('a list is filtered by several fields, each in words', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const list = await openList(studio, 'filtered', { collection: 'task' });
  assert.equal(await list.panel.getByLabel('索引', { exact: true }).count(), 0, 'what is older stands in the filter');
  await list.choose('依据', '按 处理人 · 状态 · 期限');
  assert.deepEqual(await list.filter(), { by: 'assignee', where: [{ field: 'assignee', is: '$actor.id' }] });
  assert.equal(await list.field('期限').count(), 0, 'one field after the other');
  await list.choose('状态', '待办');
  const open = await titles(studio);
  await list.choose('状态', '已办');
  const done = await changed(studio, open);
  assert.ok(done.length && !done.some((one) => open.includes(one)), String(done));
  await list.choose('状态', '待办');
  assert.deepEqual(await changed(studio, done), open);

  await list.choose('期限', '范围…');
  await list.choose('早于 · 期限', '几天后');
  await list.field('天数 · 早于 · 期限').fill('2');
  await page.keyboard.press('Tab');
  await studio.settled();
  await list.choose('排列', '晚的在前');
  const where = [{ field: 'assignee', is: '$actor.id' }, { field: 'state', is: 'open' }];
  assert.deepEqual(await list.filter(), { by: 'assignee', where: [...where, { field: 'due', from: '$now.day', to: '$now.day+2' }], descending: true });
  const soon = await titles(studio);
  assert.ok(soon.length && soon.length < open.length, `${soon.length} of ${open.length}`);
  assert.deepEqual(await violations(page), []);
  await list.choose('从 · 期限', '指定时间');
  assert.match((await list.filter()).where[2].from, /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);

  await list.choose('状态', '不限');
  assert.deepEqual(await list.filter(), { by: 'assignee', where: where.slice(0, 1), descending: true }, 'what stands behind goes, too');
  await page.locator('.bar').getByRole('button', { name: '撤销' }).click();
  await studio.settled();
  assert.equal(await list.field('从 · 期限').inputValue(), 'fixed');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a list is filtered by keyboard, with a value that its records have', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const list = await openList(studio, 'keyed', { collection: 'app', field: 'name', limit: 100 });
  const all = await titles(studio);
  const onto = async (name) => {
    for (let i = 0; i < 12; i++) {
      if (await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.labels?.[0]?.textContent) === name) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`never on ${name}`);
  };
  const down = async (times = 1) => {
    for (let i = 0; i < times; i++) await page.keyboard.press('ArrowDown');
    await studio.settled();
  };
  await list.field('依据').focus();
  const at = (await list.field('依据').locator('option').allTextContents()).findIndex((text) => text.startsWith('按 分类'));
  await down(at);
  await onto('分类');
  await down();
  await page.getByText('填写后生效').waitFor();
  assert.equal((await list.filter()).where, undefined, 'nothing counts before there is a value');
  await onto('等于… · 分类');
  await page.keyboard.type('market');
  await list.panel.getByRole('option', { name: 'marketing' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await studio.settled();
  assert.deepEqual((await list.filter()).where, [{ field: 'category', is: 'marketing' }]);
  const some = await changed(studio, all);
  assert.ok(some.length && some.length < all.length, `${some.length} of ${all.length}`);
  assert.equal(await page.getByText('填写后生效').count(), 0);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('an older page shows its filter; what nobody could be shown stays JSON', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const old = await openList(studio, 'older', { collection: 'message', by: 'recipient', equals: 'me', descending: true });
  assert.deepEqual([await old.field('依据').inputValue(), await old.field('收件人').inputValue(), await old.field('排列').inputValue()], ['recipient', 'me', 'true']);
  const before = await titles(studio);
  assert.equal(await old.filter(), undefined, 'looking says nothing');
  await old.choose('时间', '范围…');
  assert.deepEqual(await old.filter(), { by: 'recipient', where: [{ field: 'recipient', is: '$actor.id' }, { field: 'at', from: '$now.day' }], descending: true });
  assert.ok((await titles(studio)).every((one) => before.includes(one)), 'those of today, which may be all');

  const filter = { by: 'recipient', where: [{ field: 'recipient', is: '$query.who' }] };
  const written = await openList(studio, 'written', { collection: 'message', filter });
  const json = written.panel.getByLabel('筛选与排序 · 以 JSON 编辑');
  assert.deepEqual(JSON.parse(await json.inputValue()), filter);
  await json.fill(JSON.stringify({ by: 'gone' }));
  await page.keyboard.press('Tab');
  await studio.settled();
  await studio.canvas.getByText('筛选与数据对不上').waitFor();
  assert.deepEqual(await violations(page), []);
  await written.panel.getByRole('button', { name: '重新选择' }).click();
  await studio.settled();
  assert.deepEqual(await written.filter(), {});
  assert.equal(await written.field('依据').inputValue(), '');

  const ours = await openList(studio, 'unlisted', { collection: 'person', by: 'name', field: 'name' });
  await ours.panel.getByText('无法列出这个集合的字段').waitFor();
  assert.equal(await ours.panel.getByLabel('索引', { exact: true }).inputValue(), 'name', 'what it would stand for is there');
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('throwing away and bringing back a draft of more verbs than a command may have', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const layer = 'tenants/huaheng/layers/bulk/draft';
  const blocks = Array.from({ length: 140 }, (_, i) => `b${(i * 37) % 140}`);
  const say = async (verbs) => {
    const { version } = (await studio.api(layer)).body;
    const said = await studio.api(`${layer}/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
    assert.equal(said.status, 200, JSON.stringify(said.body));
  };
  await say(blocks.map((block) => ({ verb: 'add', block, component: 'section', into: 'main' })));
  await say([{ verb: 'add', block: 'inner', component: 'section', into: 'b139/content' }, ...blocks.slice(0, 130).flatMap((block) => ['required', 'fixed', 'sealed'].map((lock) => ({ verb: 'lock', block, lock })))]);
  const before = (await studio.api(layer)).body.verbs;
  assert.ok(before.length > 500, String(before.length));
  const order = await studio.order('huaheng', 'bulk');
  await studio.open('huaheng', 'bulk', { fresh: false });
  page.once('dialog', (dialog) => dialog.accept());
  await page.locator('.bar').getByRole('button', { name: '发布' }).click();
  await page.getByRole('button', { name: '放弃草稿' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.deepEqual((await studio.api(layer)).body.verbs, []);
  await page.locator('.bar').getByRole('button', { name: '撤销' }).click();
  await page.waitForFunction(() => !Object.keys(sessionStorage).some((name) => name.startsWith('pinban.waiting/')));
  await studio.settled();
  assert.deepEqual((await studio.api(layer)).body.verbs.map(({ verb, block, lock }) => `${verb} ${block} ${lock}`).sort(), before.map(({ verb, block, lock }) => `${verb} ${block} ${lock}`).sort());
  assert.deepEqual(await studio.order('huaheng', 'bulk'), order);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('the history says why a revision could not be published at its time', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await page.route('**/layers/home/revisions?*', async (route) => {
    const reply = await route.fetch();
    const body = await reply.json();
    body.items.unshift({ layer: 'home', tenant: 'huaheng', number: 99, by: 'zhoumingyuan', at: '2026-11-22T01:30:00Z', due: '2026-11-22T02:00:00Z', state: 'stale', failed: 'store.large' });
    await route.fulfill({ response: reply, json: body });
  });
  await studio.open('huaheng', 'home');
  await page.getByRole('button', { name: '历史', exact: true }).click();
  await page.locator('.timeline .state-stale').getByText('到点未能发布：store.large').waitFor();
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('many properties stand in groups, open where something was said', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const layer = 'tenants/huaheng/layers/lists/draft';
  const { version } = (await studio.api(layer)).body;
  const verbs = [{ verb: 'add', block: 'list', component: 'record-list', into: 'main', props: { collection: 'message', by: 'recipient', equals: 'me' } }];
  assert.equal((await studio.api(`${layer}/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) })).status, 200);
  await studio.open('huaheng', 'lists', { fresh: false });
  await studio.select('list');
  const groups = page.locator('.props .property-group');
  assert.deepEqual(await groups.locator('summary').allTextContents(), ['选哪些记录', '每条显示什么', '去处与空白']);
  assert.deepEqual(await groups.evaluateAll((all) => all.map((one) => one.open)), [true, false, false]);
  assert.equal(await page.locator('.props > .property').getByLabel('集合', { exact: true }).count(), 1, 'what no group names stands above them');
  const avatars = page.locator('.props').getByLabel('显示头像');
  assert.equal(await avatars.isVisible(), false);
  await groups.nth(1).locator('summary').focus();
  await page.keyboard.press('Enter');
  await avatars.check();
  await studio.settled();
  assert.equal(await avatars.isVisible(), true, 'a change leaves it open');
  assert.equal((await studio.preview('huaheng', 'lists')).blocks[0].properties.find(({ at }) => at === '/avatar').value, true);
  assert.deepEqual(await violations(page), []);
  if (process.env.PINBAN_SHOTS) await page.screenshot({ path: `${process.env.PINBAN_SHOTS}/groups.png` });
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('an empty text shows what people get instead of it', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'todo');
  await studio.select('todo');
  const zh = page.locator('.props').getByLabel('标题 · 中文', { exact: true });
  const en = page.locator('.props').getByLabel('标题 · 英文', { exact: true });
  assert.deepEqual([await zh.inputValue(), await zh.getAttribute('placeholder')], ['', '我的待办']);
  assert.deepEqual([await en.inputValue(), await en.getAttribute('placeholder')], ['', 'My tasks']);
  assert.deepEqual(await violations(page), []);
  await zh.fill('办事');
  await page.keyboard.press('Tab');
  await studio.settled();
  assert.equal(await en.getAttribute('placeholder'), '办事', 'the one language stands for the other');
  assert.match((await studio.api('tenants/huaheng-jl/layers/todo/draft/preview?lang=en')).body.html, /办事/);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

// Last: a mode stays with its person.
for (const mode of Object.keys(modes)) {
  test(`${mode}: a filter is whole and usable by all`, async () => {
    const studio = await openStudio(browser, server.base, 'zhoumingyuan', desk, { mode });
    const { page } = studio;
    const where = [{ field: 'recipient', is: '$actor.id' }, { field: 'unread', is: true }, { field: 'at', from: '$now.day-30', to: '2026-12-24T10:00:00Z' }];
    const path = `tenants/huaheng/layers/mode-${mode}/draft`;
    const verbs = [
      { verb: 'add', block: 'list', component: 'record-list', into: 'main', props: { collection: 'message', filter: { by: 'unread', where, descending: true }, text: 'text', time: 'at' } },
      { verb: 'add', block: 'wrong', component: 'record-list', into: 'main', props: { collection: 'message', filter: { by: 'unread' } } },
    ];
    assert.equal((await studio.api(`${path}/commands`, { method: 'POST', body: JSON.stringify({ base: (await studio.api(path)).body.version, verbs }) })).status, 200);
    await studio.open('huaheng', `mode-${mode}`, { fresh: false });
    await studio.select('list');
    const field = page.locator('.filter-field');
    await field.locator('.fixed').waitFor();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      if (width === 390) {
        await page.locator('.sheets button').last().click();
        await page.waitForTimeout(350); // the sheet comes up
      }
      await field.scrollIntoViewIfNeeded();
      await page.screenshot({ path: pictureFile(`filter-${mode}-${width}`) });
      assert.equal(await overflow(page), 0);
      const edge = (await field.locator('.by').boundingBox());
      for (const one of await field.locator('.lines select, .lines input').all()) {
        const box = await one.boundingBox();
        assert.ok(box.x + box.width <= edge.x + edge.width + 0.5, `${width}: ${await one.getAttribute('aria-label')} stands out`);
      }
      assert.deepEqual(await violations(page, { iframes: false }), []);
    }
    assert.deepEqual(studio.faults, []);
    await studio.close();
  });
}
