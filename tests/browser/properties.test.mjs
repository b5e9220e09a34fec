// The panel of properties: which stand there, what they say of the layers, what they offer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { folderOf, run, scratch, startServer } from '../harness.mjs';
import { openStudio } from './builder.mjs';
import { openBrowser, violations } from './browser.mjs';

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

test('a list is narrowed by a value that its records have', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng', 'home');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('+ 数据列表');
  await page.keyboard.press('Enter');
  const pick = async (label, value) => {
    const field = page.locator('.props').getByRole('combobox', { name: label, exact: true });
    await field.fill(value);
    const option = page.locator('.props [role=option]').filter({ has: page.locator(`code:text-is("${value}"), span:text-is("${value}")`) });
    await option.first().click();
    await studio.settled();
    assert.equal(await field.inputValue(), value);
  };
  await pick('集合', 'app');
  await pick('索引', 'category');
  await pick('等于', 'marketing');
  const { verbs } = (await studio.api('tenants/huaheng/layers/home/draft')).body;
  assert.match(JSON.stringify(verbs), /"marketing"/);
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
