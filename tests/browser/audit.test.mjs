// The audit in the studio: who did what with which records, narrowed by person, collection and record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { post, signIn } from '../harness.mjs';
import { openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';

const unit = 'huaheng-jl';
const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const { server, browser } = await openStage();
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())));

async function write(cookie, text) {
  const reply = await post(server.base, '/act', { page: 'todo', block: 'memo', action: 'add', 'input.text': text }, { cookie, Accept: 'application/json' });
  assert.equal(reply.status, 200, reply.text);
}

before(async () => {
  const wangfang = (await signIn(server.base, 'wangfang')).cookie;
  const sunlei = (await signIn(server.base, 'sunlei')).cookie;
  for (const text of ['带上安全帽', '抄表路线']) await write(wangfang, text);
  await write(sunlei, '周报');
  const { cookie } = await signIn(server.base, 'zhoumingyuan');
  const api = (path, method, body) => fetch(`${server.base}/api/v1/${path}?tenant=${unit}`, { method, headers: { cookie, 'Content-Type': 'application/json', 'If-None-Match': '*' }, body: JSON.stringify(body) });
  assert.equal((await api('data/memo/from-above', 'PUT', { person: 'wangfang', text: '集团代记', at: '2026-11-23T08:00:00Z' })).status, 201);
  const { token } = await (await api('tokens', 'POST', { name: '台账系统', collections: ['memo'], rights: ['write_data'] })).json();
  const rows = Array.from({ length: 40 }, (_, i) => ({ id: `row-${i}`, person: 'wangfang', text: `${i}`, at: '2026-11-23T08:00:00Z' }));
  const taken = await fetch(`${server.base}/api/v1/data/memo?tenant=${unit}`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(rows) });
  assert.equal(taken.status, 200);
});

async function openAudit(who = 'chengweimin', { options = desk, mode } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  const { page } = studio;
  await page.keyboard.press('Control+k');
  await page.locator('.ask').fill(mode === 'english' ? 'Audit' : '操作记录');
  await page.locator('.found li').first().click();
  await page.locator('.audit li').first().waitFor();
  return { studio, page, line: (text) => page.locator('.audit li').filter({ hasText: text }) };
}

test('people, systems and administrators are told with what they did, newest first; it is narrowed', async () => {
  const { page, line } = await openAudit();
  assert.match(await page.locator('.audit li').nth(0).innerText(), /台账系统 · 导入 40 条\s+系统\s+备忘“0”\s+备忘“1”\s+备忘“2”\s+另有 37 条/);
  assert.match(await page.locator('.audit li').nth(1).innerText(), /周明远 · 保存\s+来自华衡电力\S*\s+系统接入凭证“台账系统”/);
  assert.match(await page.locator('.audit li').nth(2).innerText(), /周明远 · 保存\s+来自华衡电力\S*\s+备忘“集团代记”/);
  assert.match(await page.locator('.audit li').nth(3).innerText(), /孙磊 · 记下\s+备忘 · 页面“待办/);

  await page.getByRole('combobox', { name: '人员' }).fill('王');
  await page.locator('#audit-person-options li').filter({ hasText: '王芳' }).click();
  await line('孙磊').waitFor({ state: 'detached' });
  assert.equal(await line('王芳').count(), 2);
  await page.getByRole('combobox', { name: '人员' }).fill('');
  await page.getByRole('combobox', { name: '人员' }).press('Tab');
  await line('孙磊').waitFor();

  await page.locator('.audit-ask').getByLabel('数据').selectOption({ label: '待办' });
  await page.getByText('没有符合条件的操作').waitFor();
  await page.locator('.audit-ask').getByLabel('数据').selectOption({ label: '备忘' });
  await line('周明远').getByRole('button', { name: '备忘“集团代记”' }).press('Enter');
  await page.locator('.audit-only button:focus').waitFor();
  await page.getByText('只看 备忘“集团代记”').waitFor();
  await line('孙磊').waitFor({ state: 'detached' });
  assert.equal(await page.locator('.audit li').count(), 1);
  await page.getByRole('button', { name: '不再只看 备忘“集团代记”' }).press('Enter');
  await page.locator('.audit-ask select:focus').waitFor();
  await line('孙磊').waitFor();
});

test('from a record one comes to what was done with it, and what is done then is seen', async () => {
  const { studio, page } = await openAudit();
  await page.keyboard.press('Escape');
  await page.goto(`${server.base}/studio#/${unit}/data/memo`);
  await page.reload();
  await page.locator('.opens').filter({ hasText: '集团代记' }).click();
  await page.getByLabel('内容').fill('县里来改');
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.locator('.toast').waitFor();
  await page.getByRole('button', { name: '这条记录的操作' }).click();
  await page.locator('.audit li').nth(1).waitFor();
  assert.deepEqual(await page.locator('.audit li strong').allTextContents(), ['程为民', '周明远']);
  assert.match(await page.locator('.audit-only').textContent(), /只看 备忘“县里来改”/);
  await page.keyboard.press('Escape');
  await page.locator('.audit').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: '操作记录', exact: true }).click();
  await page.locator('.audit li').filter({ hasText: '台账系统' }).first().waitFor(); // of everything again
  assert.equal(await page.locator('.audit-only').count(), 0);
  assert.deepEqual(studio.faults, []);
});

test('who has no right to it is not offered it', async () => {
  const studio = await openStudio(browser, server.base, 'sunlei');
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  await studio.page.keyboard.press('Control+k');
  await studio.page.locator('.ask').fill('操作记录');
  await studio.page.locator('.found .empty').waitFor();
});

for (const [name, mode, options] of [['desk', 'light', desk], ['desk', 'dark', desk], ['desk', 'english', desk], ['pocket', 'light', pocket]]) {
  test(`it can be read: ${name}, ${mode}`, async () => {
    const { page, studio } = await openAudit('chengweimin', { options, mode });
    await page.waitForTimeout(300);
    assert.deepEqual(await violations(page), []);
    await page.screenshot({ path: pictureFile(`audit-${name}-${mode}`) });
    assert.deepEqual(studio.faults, []);
  });
}

test('long lists go on, and a server that cannot be reached is told and asked again', async () => {
  const { cookie } = await signIn(server.base, 'sunlei');
  for (let i = 0; i < 60; i++) await write(cookie, `第 ${i} 条`);
  const { page, studio } = await openAudit();
  assert.equal(await page.locator('.audit li').count(), 50);
  await page.route(/\/audit\?/, (route) => route.abort());
  await page.getByRole('button', { name: '更早的操作' }).click();
  await page.locator('.audit [role=alert]').waitFor();
  await page.unroute(/\/audit\?/);
  await page.getByRole('button', { name: '重试' }).click();
  await page.getByRole('button', { name: '更早的操作' }).click();
  await page.locator('.audit li').nth(64).waitFor();
  studio.forget();
});
