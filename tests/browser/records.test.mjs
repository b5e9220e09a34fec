// The records room: what an administrator types enters the cards; a file is taken in as a whole, or without its bad rows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { desk, openContext, openStage, phone, pictureFile, violations } from './browser.mjs';
import { enter } from './places.mjs';

const unit = 'huaheng-jl';
const { server, browser } = await openStage();

/** The room at a collection; what Chromium says of the canvas's sandbox is known. */
async function openRoom(collection, { who = 'chengweimin', mode, options = desk } = {}) {
  const { context, faults } = await openContext(browser, { bypassCSP: false, ...options });
  await enter(context, server.base, who, mode);
  const page = await context.newPage();
  await page.goto(`${server.base}/studio#/${unit}/data/${collection}`);
  await page.locator('.filter output').waitFor();
  return { context, page, faults: () => faults.filter((fault) => !/allow-same-origin/.test(fault)) };
}

const file = (name, text) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const rowsOf = (page) => page.locator('.opens').allInnerTexts();
const field = (page, name) => page.locator('.record').getByLabel(name, { exact: true });
const kept = async (context, path) => (await context.request.get(`${server.base}/api/v1/data/${path}`)).json();

async function choose(page, name, text) {
  await page.getByRole('button', { name: '导入', exact: true }).first().click();
  await page.locator('dialog input[type=file]').setInputFiles(file(name, text));
  await page.getByRole('region', { name: '前几行' }).waitFor();
}

test('a record that is added is on an employee\'s open page, and on the canvas', async () => {
  const { context, page, faults } = await openRoom('notice');
  const other = await openContext(browser);
  await enter(other.context, server.base, 'chengweimin');
  const watcher = await other.context.newPage();
  await watcher.goto(`${server.base}/w/notices`);
  assert.equal(await watcher.getByText('今晚演练').count(), 0);

  await page.getByRole('button', { name: '新增' }).click();
  await field(page, '标题 · 中文').fill('今晚演练');
  await page.getByRole('button', { name: '保存' }).click();
  await page.locator('.record .help.bad').first().waitFor();
  assert.equal(await field(page, '发布时间必填').getAttribute('aria-invalid'), 'true', 'what is missing is said at its field');
  await field(page, '发布时间必填').fill(new Date(Date.now() - 60_000 * (60 + new Date().getTimezoneOffset())).toISOString().slice(0, 19));
  await page.getByRole('button', { name: '保存' }).click();
  await page.locator('.toast').waitFor();
  await watcher.getByText('今晚演练').first().waitFor();
  assert.ok((await rowsOf(page)).includes('今晚演练'));

  await page.getByRole('button', { name: '删除' }).click();
  await page.getByText('已删除“今晚演练”').first().waitFor();
  await watcher.getByText('今晚演练').first().waitFor({ state: 'detached' });
  await page.locator('.toast-act').click();
  await watcher.getByText('今晚演练').first().waitFor();
  assert.deepEqual([...faults(), ...other.faults], []);
  await Promise.all([context.close(), other.context.close()]);
});

test('a changed figure is on the canvas when one comes back to it', async () => {
  const { context, page, faults } = await openRoom('metric');
  const block = (await (await context.request.get(`${server.base}/api/v1/tenants/${unit}/layers/home/draft/preview`)).json()).blocks.find((one) => one.component === 'standard/kpi' || one.component === 'kpi');
  const id = block.properties.find((one) => one.at === '/metric').value;
  await page.getByRole('searchbox', { name: '搜索记录' }).fill(id);
  const { items } = await kept(context, `metric?q=${id}`);
  await page.waitForFunction((n) => document.querySelectorAll('.opens').length === n, items.length);
  await page.locator('.opens').nth(items.findIndex((one) => one.record.id === id)).click();
  await field(page, '当前值必填').fill('4321');
  await page.keyboard.press('Control+s');
  await page.locator('.toast').waitFor();
  await page.getByRole('button', { name: '返回页面' }).click();
  await page.frameLocator('.device iframe').getByText(/4,?321/).first().waitFor();
  assert.deepEqual(faults(), []);
  await context.close();
});

test('of two who change the same member, the second sees both values; other members are joined', async () => {
  const { context, page } = await openRoom('notice');
  const path = 'notice/jl-heavy-transformers';
  const change = async (members) => {
    const etag = (await context.request.get(`${server.base}/api/v1/data/${path}`)).headers().etag;
    const reply = await context.request.patch(`${server.base}/api/v1/data/${path}`, { data: members, headers: { 'If-Match': etag, 'Content-Type': 'application/merge-patch+json' } });
    assert.equal(reply.status(), 200);
  };
  await page.locator('.opens', { hasText: '重载台区' }).click();
  await change({ level: 'bad' });
  await field(page, '标题 · 中文').fill('我的标题');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('已保存“我的标题”').first().waitFor();
  const joined = await kept(context, path);
  assert.deepEqual([joined.title.zh, joined.level], ['我的标题', 'bad']);

  await change({ title: { zh: '对方的标题' } });
  await field(page, '标题 · 中文').fill('我的第二个标题');
  await page.getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog');
  assert.match(await dialog.innerText(), /我的第二个标题[\s\S]*对方的标题/);
  await dialog.getByRole('button', { name: '用我的' }).click();
  await page.getByText('已保存“我的第二个标题”').first().waitFor();
  assert.equal((await kept(context, path)).title.zh, '我的第二个标题');
  await context.close();
});

test('a file with one bad row is refused as a whole, or taken in without that row', async () => {
  const { context, page } = await openRoom('task');
  const good = Array.from({ length: 40 }, (_, i) => `csv-${i},事项 ${i},wangfang,open`);
  const text = ['id,title,assignee,state', ...good.slice(0, 20), 'csv-bad,坏的,wangfang,flying', ...good.slice(20)].join('\r\n');
  await choose(page, 'tasks.csv', text);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '导入' }).click();
  await dialog.getByRole('region', { name: '有问题的行' }).waitFor();
  const wrong = await dialog.locator('tbody tr').allInnerTexts();
  assert.deepEqual(wrong.map((row) => row.split('\t')), [['22', '状态', '只能是：open（待办）、toread（待阅）、done（已办）']]);
  assert.deepEqual((await kept(context, 'task?q=csv-')).items, [], 'nothing was written');

  await dialog.getByRole('switch').check();
  await dialog.getByRole('button', { name: '导入' }).click();
  await dialog.getByText('新增 40 条，更新 0 条，未变 0 条，跳过 1 条').waitFor();
  assert.equal((await kept(context, 'task?q=csv-')).items.length, 40);
  await context.close();
});

test('a spreadsheet in GB 18030 is read; a column that is no member is named', async () => {
  const { context, page, faults } = await openRoom('task');
  const bytes = Buffer.concat([Buffer.from('id,title,assignee,state\ngb-1,'), Buffer.from([0xb4, 0xfd, 0xb0, 0xec]), Buffer.from(',wangfang,open\n')]);
  await page.getByRole('button', { name: '导入', exact: true }).click();
  await page.locator('dialog input[type=file]').setInputFiles({ name: 'gb.csv', mimeType: 'text/csv', buffer: bytes });
  await page.locator('dialog').getByRole('cell', { name: '待办' }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '导入' }).click();
  await page.getByText('新增 1 条').waitFor();
  assert.equal((await kept(context, 'task/gb-1')).title, '待办');
  await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click();
  assert.deepEqual(faults(), []);

  await choose(page, 'wrong.csv', 'id,nonsense\n1,2\n');
  await page.getByRole('dialog').getByRole('button', { name: '导入' }).click();
  await page.getByText('表头“nonsense”不是此集合的字段').waitFor();
  await context.close();
});

test('the unit is called by its name, for whoever was granted the whole group too', async () => {
  const { context, page, faults } = await openRoom('task', { who: 'zhoumingyuan' });
  await page.locator('.where strong').getByText('江澜电力').waitFor();
  assert.deepEqual(faults(), []);
  await context.close();
});

test('what is shown is what is given out', async () => {
  const { context, page } = await openRoom('task');
  await page.getByLabel('排序').selectOption({ index: 1 });
  await page.getByRole('textbox', { name: '处理人 =' }).fill('wangfang');
  await page.waitForFunction(() => /wangfang/.test(document.querySelector('a[download]').href));
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出' }).click()]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.startsWith('\uFEFFid,title,assignee,state'));
  const people = text.trim().split('\n').slice(1).map((line) => line.includes(',wangfang,'));
  assert.ok(people.length > 0 && people.every(Boolean));
  await context.close();
});

test('with the keyboard alone: to a collection by command, through the rows, into the form and back', async () => {
  const { context, page } = await openRoom('notice');
  const [before] = await rowsOf(page);
  await page.keyboard.press('Control+k');
  await page.locator('.found li').first().waitFor();
  await page.keyboard.type('待办');
  await page.locator('.found li[aria-selected=true]', { hasText: '待办' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/data\/task$/);
  await page.locator('.opens', { hasText: before }).waitFor({ state: 'detached' });
  await page.locator('.opens').first().waitFor();
  await page.locator('.opens').first().focus();
  await page.keyboard.press('ArrowDown');
  const second = (await rowsOf(page))[1];
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.record h2').innerText(), second);
  await page.locator('.record input:enabled').first().focus();
  await page.keyboard.press('Escape');
  await page.locator('.record').waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), second, 'the focus is back at the row');
  await context.close();
});

test('what was typed and not saved can be had back, also from another collection', async () => {
  const { context, page, faults } = await openRoom('notice');
  await page.locator('.opens').first().click();
  await field(page, '标题 · 中文').fill('还没有保存');
  await page.locator('.rail').getByRole('button', { name: /^待办/ }).click();
  await page.waitForURL(/data\/task$/);
  await page.locator('.toast-act').click();
  await page.waitForURL(/data\/notice$/);
  await page.getByText('未保存', { exact: true }).waitFor();
  assert.equal(await field(page, '标题 · 中文').inputValue(), '还没有保存');
  assert.deepEqual(faults(), []);
  await context.close();
});

test('people are called by name, and chosen by a part of it', async () => {
  const { context, page, faults } = await openRoom('task');
  const row = page.getByRole('row').filter({ has: page.getByText('芦湾工程冬期施工方案评审') });
  await row.getByText('曹建平').waitFor();
  await page.getByText('芦湾工程冬期施工方案评审').click();
  const assignee = page.locator('.record').getByRole('combobox', { name: '处理人' });
  await page.locator('.record .called').getByText('曹建平').waitFor();
  await assignee.fill('王');
  await page.locator('.record .options li').filter({ hasText: '王芳' }).click();
  assert.equal(await assignee.inputValue(), 'wangfang');
  await page.locator('.record .called').getByText('王芳').waitFor();
  await page.getByRole('button', { name: '保存' }).click();
  await row.getByText('王芳').waitFor();
  await assignee.fill('somebody-new'); // who is not there yet may be named, too
  await page.getByRole('button', { name: '保存' }).click();
  await row.getByText('somebody-new').waitFor();
  assert.deepEqual(faults(), []);
  await context.close();
});

test('who may not look at records is told so', async () => {
  const { context, page } = await openRoom('task', { who: 'chengweimin' });
  await page.route('**/api/v1/data?*', (route) => route.fulfill({ status: 403, contentType: 'application/problem+json', body: '{"code":"auth.right","detail":"no"}' }));
  await page.reload();
  await page.getByRole('heading', { name: '您不能查看这个单位的数据' }).waitFor();
  await context.close();
});

test('a property that names something is chosen by title', async () => {
  const { context, page, faults } = await openRoom('task');
  await page.locator('.opens').first().click();
  await field(page, '地址').fill('rich');
  await field(page, '地址').press('Escape');
  await field(page, '地址').fill('日程');
  await page.getByRole('option', { name: /日程/ }).click();
  assert.equal(await field(page, '地址').inputValue(), '/w/agenda');
  await page.goto(`${server.base}/studio#/${unit}/data/app`);
  await page.locator('.opens').first().click();
  await page.locator('.record').getByRole('button', { name: /^图标/ }).click();
  await page.keyboard.type('bolt');
  await page.getByRole('button', { name: 'bell', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'bolt', exact: true }).click();
  assert.match(await page.locator('.record .chosen').innerText(), /bolt/);
  assert.deepEqual(faults(), []);
  await context.close();
});

for (const mode of ['light', 'dark', 'english']) {
  for (const [width, options] of Object.entries({ 1440: desk, 390: phone })) {
    test(`axe finds nothing: ${mode}, ${width} px`, async () => {
      const { context, page, faults } = await openRoom('task', { mode, options });
      const check = async (where) => {
        assert.deepEqual(await violations(page), [], where);
        await page.screenshot({ path: pictureFile(`records-${where}-${mode}-${width}`) });
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is no wider than the screen`);
      };
      await page.locator('.opens').first().waitFor();
      await check('list');
      await page.locator('.opens').first().click();
      await check('form');
      await page.locator('.record-head .tool').first().click();
      await page.locator('.bar').getByRole('button', { name: /^(导入|Import)$/ }).click();
      await page.locator('dialog input[type=file]').setInputFiles(file('x.csv', 'id,title,assignee,state\n1,a,wangfang,flying\n'));
      await page.locator('dialog .table').waitFor();
      await page.locator('dialog .primary').click();
      await page.locator('dialog .note.bad').waitFor();
      await check('import');
      assert.deepEqual(faults().filter((fault) => !/400/.test(fault)), []);
      await context.close();
    });
  }
}
