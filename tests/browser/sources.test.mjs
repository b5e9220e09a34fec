// Where a unit's data come from, in the studio: fetched by a connector, and brought with a token.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';

const unit = 'huaheng-jl';
const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const secret = 'Bearer s3cret-of-the-source';
const rows = [{ code: 'unit-1', label: '一号机组', reading: { now: 41.5 } }, { code: 'unit-2', label: '二号机组', reading: { now: 7 } }];
const source = createServer((request, reply) => {
  if (request.url === '/mixed') return reply.end(JSON.stringify({ data: { rows: [...rows, { code: 'unit-3', label: '三号机组', reading: { now: '很多' } }] } }));
  if (request.url === '/broken') return reply.writeHead(500).end();
  if (request.url === '/secret' && request.headers.authorization !== secret) return reply.writeHead(401).end();
  return reply.end(JSON.stringify({ data: { rows } }));
});
await new Promise((resolve) => { source.listen(0, '127.0.0.2', resolve); });
const at = `http://127.0.0.2:${source.address().port}`;
const { server, browser } = await openStage({ args: ['--sources', '127.0.0.2'] });
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())).then(() => source.close()));

async function openSources(who = 'chengweimin', { options = desk, mode } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  const { page } = studio;
  await page.locator('.where').click();
  await page.locator('.units .row').filter({ hasText: mode === 'english' ? 'Data sources' : '数据接入' }).click();
  await page.locator('.listed nav').waitFor();
  const form = page.locator('form.source');
  return {
    studio, page, form,
    row: (name) => page.locator('.listed nav .row').filter({ hasText: name }),
    member: (name) => page.locator('.source-members li').filter({ hasText: name }).first(),
    press: (name) => page.getByRole('button', { name, exact: true }).click(),
    ran: (text) => page.locator('.source-job').filter({ hasText: text }).waitFor(),
    api: (path, init) => studio.api(`${path}?tenant=${unit}`, init),
  };
}

/** Says where the load of the units stands, and leaves the rest. */
async function fill({ form, member, page }, id, url) {
  await form.getByLabel('名称（中文）').fill('机组负荷');
  await form.getByLabel('标识').fill(id);
  await form.getByLabel('地址').fill(url);
  await form.getByLabel('列表在答复中的位置').fill('data/rows');
  await form.getByLabel('什么时候取').selectOption({ label: '每天 7:30' });
  await page.getByLabel('集合', { exact: true }).selectOption({ label: '指标' });
  await member('id').getByRole('textbox').fill('code');
  await member('名称').getByRole('textbox').fill('label');
  await member('当前值').getByRole('textbox').fill('/reading/now');
  await member('单位').getByRole('combobox').selectOption({ label: '固定值' });
  await member('单位').getByRole('textbox').fill('MW');
}

test('a connector is made, fetches at once, says what came, is paused and removed', async () => {
  const room = await openSources();
  const { page, form } = room;
  await room.press('新建取数');
  await fill(room, 'unit-load', `${at}/load`);
  await room.press('保存并立即取一次');
  await room.ran('取到 2 条 · 新增 2');
  await room.row('机组负荷').filter({ hasText: '成功' }).waitFor();
  const { body } = await room.api('data/metric/unit-1');
  assert.deepEqual([body.name, body.value, body.unit], ['一号机组', 41.5, 'MW']);
  const [kept] = (await room.api('connectors')).body.items;
  assert.deepEqual([kept.rows, kept.map, kept.schedule, kept.errors, kept.mode], ['/data/rows', { id: '/code', name: '/label', value: '/reading/now', unit: { value: 'MW' } }, '30 7 * * *', 'refuse', 'replace']);
  assert.equal(await page.getByRole('button', { name: '保存', exact: true }).isDisabled(), true, 'nothing is left to save');

  await room.press('立即运行');
  await room.ran('未变 2');
  await room.press('暂停');
  await room.ran('已暂停');
  await room.press('恢复');
  await room.ran('下次');

  await form.getByLabel('地址').fill(`${at}/broken`);
  await room.press('保存并立即取一次');
  await room.ran('对方没有给出数据');
  assert.equal((await room.api('data/metric/unit-1')).body.value, 41.5, 'what there was stays');
  await page.getByText('最近的运行').click();
  assert.equal(await page.locator('.source-job li').count(), 3);

  await room.press('删除');
  await room.press('确认删除');
  await page.locator('.toast').getByText('已删除“机组负荷”').waitFor();
  assert.deepEqual((await room.api('connectors')).body.items, []);
  assert.deepEqual(room.studio.faults, []);
});

test('what proves who asks is sent, kept, and never shown again', async () => {
  const room = await openSources();
  const { form } = room;
  await room.press('新建取数');
  await fill(room, 'with-secret', `${at}/secret`);
  await form.getByLabel('验证用的请求头').fill('Authorization');
  await form.getByLabel('值', { exact: true }).fill(secret);
  await room.press('保存并立即取一次');
  await room.ran('取到 2 条');
  assert.equal(await form.getByLabel('值', { exact: true }).inputValue(), '');
  await form.getByLabel('名称（英文，可不填）').fill('Load of the units');
  await room.press('保存并立即取一次');
  await room.ran('最近的运行'); // there are two
  assert.equal((await room.page.content()).includes(secret), false);

  await form.getByLabel('地址').fill('http://169.254.169.254/latest');
  await room.press('保存');
  await room.page.getByRole('alert').getByText(/服务器不允许访问这个主机|请重新填写验证用的值/).waitFor();
  assert.match((await room.api('connectors')).body.items[0].url, /\/secret$/, 'nothing was saved');
  assert.equal(await form.getByLabel('地址').inputValue(), 'http://169.254.169.254/latest', 'what was typed stays');
  room.studio.forget();
});

test('what was typed stays when one looks elsewhere, and takes nobody\'s place', async () => {
  const room = await openSources();
  const { form, page } = room;
  await room.row('机组负荷').click();
  await form.getByLabel('名称（中文）').fill('机组出力');
  await room.press('新建凭证');
  await form.getByLabel('给哪个系统').fill('调度系统');
  await room.press('新建取数');
  await fill(room, 'with-secret', `${at}/load`);
  await room.press('保存');
  await page.getByRole('alert').getByText('已有这个标识的取数').waitFor();
  await room.row('机组负荷').filter({ hasText: '未保存' }).click();
  assert.equal(await form.getByLabel('名称（中文）').inputValue(), '机组出力');
  await room.press('放弃修改');
  assert.equal(await form.getByLabel('名称（中文）').inputValue(), '机组负荷');
  await room.press('新建凭证');
  assert.equal(await form.getByLabel('给哪个系统').inputValue(), '调度系统');
  await room.press('新建取数');
  assert.equal(await form.getByLabel('标识').inputValue(), 'with-secret');
  assert.match((await room.api('connectors')).body.items[0].url, /\/secret$/);
  assert.deepEqual(room.studio.faults, []);
});

test('what somebody wrote by hand and the form cannot show stays as it was', async () => {
  const room = await openSources();
  const map = { id: '/code', name: { value: { zh: '总负荷', en: 'Load' } }, value: '/reading/now', decimals: { value: 0 } };
  const made = { title: { zh: '手写' }, collection: 'metric', url: `${at}/load`, rows: '/data/rows', map, schedule: '1 2 3 * *', zone: 'Asia/Urumqi', key: 'id', missed: 'skip' };
  assert.equal((await room.api('connectors/by-hand', { method: 'PUT', body: JSON.stringify(made) })).status, 200);
  await room.page.keyboard.press('Escape');
  const again = await openSources();
  await again.row('手写').click();
  assert.equal(await again.page.getByRole('button', { name: '保存', exact: true }).isDisabled(), true);
  await again.form.getByLabel('名称（中文）').fill('改了名');
  await again.press('保存');
  await again.row('改了名').waitFor();
  const kept = (await again.api('connectors')).body.items.find(({ id }) => id === 'by-hand');
  assert.deepEqual([kept.map, kept.schedule, kept.zone, kept.missed], [map, made.schedule, made.zone, made.missed]);
});

test('a system gets a token, brings records with it, and opens nothing once it is revoked', async () => {
  const room = await openSources();
  const { page, form } = room;
  await room.press('新建凭证');
  assert.equal(await page.getByRole('button', { name: '生成凭证' }).isDisabled(), true);
  await form.getByLabel('给哪个系统').fill('台账系统');
  await form.getByLabel('指标').check();
  await room.press('生成凭证');
  const token = await page.getByLabel('凭证', { exact: true }).inputValue();
  const bring = () => fetch(`${server.base}/api/v1/data/metric?tenant=${unit}`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify([{ id: 'brought', name: '送来的', value: 3 }]) });
  assert.equal((await bring()).status, 200);
  assert.match(await page.locator('.source pre').textContent(), /curl -X POST .*data\/metric\?tenant=huaheng-jl/);

  await room.row('台账系统').click();
  await page.locator('section.source').getByText('程为民').waitFor();
  assert.equal((await page.content()).includes(token), false, 'it is told once');
  await room.press('撤销凭证');
  await room.press('确认撤销');
  await page.locator('.toast').getByText('已撤销“台账系统”').waitFor();
  assert.equal((await bring()).status, 401);
  assert.deepEqual(room.studio.faults, []);
});

test('a connector is tried before it is saved: where the list stands, what would come, what does not fit', async () => {
  const room = await openSources();
  const { page, form, studio } = room;
  const tried = page.locator('.source-tried');
  await room.press('新建取数');
  await fill(room, 'tried', `${at}/load`);
  await form.getByLabel('列表在答复中的位置').fill('items');
  await room.press('试取');
  await tried.getByText('这个位置没有列表。列表在：').waitFor();
  await tried.getByRole('button', { name: 'data/rows' }).focus();
  await page.keyboard.press('Enter');
  await tried.getByText('来源有 2 行，都符合集合的要求').waitFor();
  assert.equal(await form.getByLabel('列表在答复中的位置').inputValue(), 'data/rows');
  assert.deepEqual(await tried.locator('tbody tr').first().locator('td').allInnerTexts(), ['unit-1', '一号机组', 'MW', '41.5']);
  assert.deepEqual(await page.locator('form.source datalist option').evaluateAll((options) => options.map(({ value }) => value)), ['code', 'label', 'reading/now']);

  await form.getByLabel('地址').fill(`${at}/mixed`);
  await room.press('试取');
  await tried.getByText('来源有 3 行，其中 1 行不符合要求').waitFor();
  assert.match(await tried.locator('li').innerText(), /第 3 行 · 当前值 .*数/);
  await page.screenshot({ path: pictureFile('sources-tried') });
  assert.deepEqual(await violations(page), []);
  await tried.getByText('来源的第一行').click();
  assert.match(await tried.locator('pre').innerText(), /"label": "一号机组"/);

  await form.getByLabel('地址').fill(`${at}/broken`);
  await room.press('试取');
  await form.getByText('对方没有给出数据').waitFor();
  assert.equal(await tried.count(), 0);
  assert.equal((await room.api('connectors')).body.items.some(({ id }) => id === 'tried'), false, 'nothing is kept');
  studio.forget();
});

test('who may not look after sources is not offered them', async () => {
  const studio = await openStudio(browser, server.base, 'sunlei');
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  await studio.page.keyboard.press('Control+k');
  await studio.page.locator('.ask').fill('数据接入');
  await studio.page.locator('.found .empty').waitFor();
});

test('it is sound in every mode', async () => {
  for (const [mode, options] of [['light', desk], ['dark', pocket], ['english', desk], ['large', pocket]]) {
    const { page, studio } = await openSources('chengweimin', { options, mode });
    const sound = async (name) => {
      assert.deepEqual(await violations(page), []);
      assert.equal(await page.evaluate(() => document.querySelector('.dialog').scrollWidth > document.querySelector('.dialog').clientWidth), false, `${mode}: it scrolls across`);
      await page.screenshot({ path: pictureFile(`sources-${name}-${mode}`) });
    };
    await page.locator('.listed nav .row').first().click();
    await page.locator('.source-members li').first().waitFor();
    await sound('connector');
    if (options === pocket) await page.locator('.listed-back').click();
    await page.locator('.listed nav .button').nth(1).click();
    await page.locator('.source-checks').first().waitFor();
    await sound('token');
    assert.deepEqual(studio.faults, []);
  }
});
