// Audiences in the studio: a rule is built by conditions, counted as it is built, kept, used by a card and taken away.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';

const unit = 'huaheng-jl';
const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const { server, browser } = await openStage();
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())));

async function openRoom(who = 'chengweimin', { options = desk, mode } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  const { page } = studio;
  const room = {
    studio, page,
    async enter() {
      await page.keyboard.press('Control+k');
      await page.locator('.ask').fill(mode === 'english' ? 'Audiences' : '人群');
      await page.locator('.found li').first().click();
      await page.locator('.listed .row').first().waitFor();
    },
    row: (name) => page.locator('.listed .row').filter({ hasText: name }),
    people: (text) => page.locator('.reach strong').getByText(text, { exact: true }).waitFor(),
    condition: (i) => page.locator('.rule-condition').nth(i),
    save: () => page.getByRole('button', { name: '保存', exact: true }).click(),
    told: (text) => page.locator('.toast').getByText(text).waitFor(),
    kept: async (id) => (await studio.api(`tenants/${unit}/audiences/${id}`)).body,
  };
  await room.enter();
  return room;
}

/** How many people the server says a rule means. */
const count = async ({ studio }, rule) => (await studio.api(`tenants/${unit}/audiences/x/preview`, { method: 'POST', body: JSON.stringify({ rule }) })).body;

test('one is built by conditions, counted as it grows, kept, and chosen for a card', async () => {
  const room = await openRoom();
  const { page } = room;
  const { of } = await count(room, { all: [] });
  await page.getByRole('button', { name: '新建人群' }).click();
  await room.people(`现有 ${of} 人`);
  assert.match(await page.locator('.rule-condition').textContent(), /暂不计入/);
  await page.getByLabel('名称（中文）').fill('县里的一线');
  await page.getByLabel('标识').fill('county-crews');

  await room.condition(0).getByLabel('条件', { exact: true }).selectOption({ label: '班组或群组' });
  await page.getByRole('combobox', { name: '添加班组或群组' }).click();
  await page.getByRole('button', { name: /添加班组或群组/ }).click();
  await page.locator('.rule-add .options li').filter({ hasText: '一线班组' }).click();
  const crews = (await count(room, { group: 'frontline' })).people;
  assert.ok(crews > 1 && crews < of);
  await room.people(`现有 ${crews} 人`);

  await page.getByRole('button', { name: '加条件', exact: true }).click();
  assert.equal(await room.condition(1).getByLabel('条件', { exact: true }).evaluate((select) => select === document.activeElement), true);
  await room.condition(1).getByLabel('条件', { exact: true }).selectOption({ label: '单位（含下级）' });
  await page.getByRole('button', { name: '选择单位' }).click();
  const city = page.locator('.rule-units .unit-tree .unit-row').first();
  const cityName = (await city.locator('label').textContent()).trim();
  await city.locator('input').check();
  await room.condition(1).locator('.pill').getByText(cityName).waitFor();
  await room.condition(1).getByLabel(/是或不是/).selectOption({ label: '不是' });
  await page.getByRole('button', { name: '加条件组' }).click();
  await room.condition(2).getByLabel('条件', { exact: true }).selectOption({ label: '职级' });
  await room.condition(2).getByLabel('职级 · 到').fill('3');
  await room.condition(2).getByLabel('职级 · 到').blur();

  await room.save();
  await room.told('已保存人群“县里的一线”');
  const { rule, people } = await room.kept('county-crews');
  assert.equal(rule.all.length, 3);
  assert.deepEqual([rule.all[0], Object.keys(rule.all[1]), rule.all[2]], [{ group: 'frontline' }, ['not'], { any: [{ grade: { to: 3 } }] }]);
  await room.people(`现有 ${people} 人`);
  assert.match(await room.row('县里的一线').textContent(), new RegExp(`${people} 人`));
  await page.screenshot({ path: pictureFile('studio-audience') });

  assert.equal(await page.locator('.listed [aria-current]').evaluate((row) => row === document.activeElement), true, 'one is at its row');
  await page.keyboard.press('Escape');
  await page.locator('.listed').waitFor({ state: 'detached' });
  await room.studio.api(`tenants/${unit}/layers/home/draft/commands`, { method: 'POST', body: JSON.stringify({
    base: (await room.studio.api(`tenants/${unit}/layers/home/draft`)).body.version, verbs: [{ verb: 'add', block: 'for-crews', component: 'rich-text', into: 'main', props: { text: 'x' } }] }) });
  await room.studio.open(unit, 'home', { fresh: false });
  await room.studio.select('for-crews');
  await page.getByLabel('谁能看到').selectOption({ label: '县里的一线' });
  await room.studio.settled();
  const forWhom = (name) => page.waitForFunction((wanted) => document.querySelector('.props select:has(option[value="party-members"])').selectedOptions[0].textContent === wanted, name);
  await forWhom('县里的一线');
  for (const [button, name] of [['撤销', '所有人'], ['重做', '县里的一线']]) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await forWhom(name);
  }
  await page.getByRole('button', { name: '查看或新建人群' }).click();
  await page.getByLabel('名称（中文）').and(page.locator(':not([disabled])')).waitFor();
  assert.equal(await page.getByLabel('名称（中文）').inputValue(), '县里的一线', 'that of the card');

  await page.locator('.listed-one').getByRole('button', { name: '删除', exact: true }).click();
  await page.locator('.listed-one .note.bad').getByText('草稿 home').waitFor();
  assert.equal((await room.kept('county-crews')).id, 'county-crews', 'it stays while a draft names it');
  const draft = (await room.studio.api(`tenants/${unit}/layers/home/draft`)).body;
  await room.studio.api(`tenants/${unit}/layers/home/draft`, { method: 'DELETE', headers: { 'If-Match': `"${draft.version}"` } });
  await page.locator('.listed-one').getByRole('button', { name: '删除', exact: true }).click();
  await room.told('已删除人群“县里的一线”');
  assert.equal((await room.kept('county-crews')).code, 'audience.none');
  assert.deepEqual(room.studio.faults.filter((fault) => !/40[49]/.test(fault)), []);
});

test('what cannot be is said at its condition; what was typed stays when one looks elsewhere', async () => {
  const room = await openRoom();
  const { page } = room;
  await page.getByRole('button', { name: '新建人群' }).click();
  await page.getByLabel('名称（中文）').fill('谁也不是');
  await room.condition(0).getByLabel('条件', { exact: true }).selectOption({ label: '标签' });
  await page.getByRole('combobox', { name: '添加标签' }).fill('骨干');
  await page.keyboard.press('Enter');
  await room.condition(0).locator('.pill').getByText('骨干').waitFor();
  assert.equal(await page.locator('.toast').count(), 0, 'Enter adds the value and saves nothing');
  await room.people('现有 0 人');
  await page.getByRole('button', { name: '加条件', exact: true }).click();
  await room.condition(1).getByLabel('条件', { exact: true }).selectOption({ label: '职级' });
  await room.condition(1).getByLabel('职级 · 从').fill('9');
  await room.condition(1).getByLabel('职级 · 到').fill('3');
  await room.condition(1).getByLabel('职级 · 到').blur();
  await page.locator('.rule-group').getByText('不可能有人满足').waitFor();
  await room.condition(1).getByLabel('职级 · 到').fill('900');
  await room.condition(1).getByLabel('职级 · 到').blur();
  await room.condition(1).locator('.help.bad').waitFor();
  assert.match(await page.locator('.reach').textContent(), /规则有误/);
  assert.ok(await room.condition(1).evaluate((one) => one.classList.contains('wrong')));

  await room.row('一线班组').click();
  await page.locator('.listed-one .note').getByText('来自上级').waitFor();
  assert.ok(await page.getByLabel('名称（中文）').isDisabled());
  assert.deepEqual(await page.locator('.rule-condition button').count(), 0, 'it can only be looked at');
  await page.keyboard.press('Escape');
  await room.enter();
  await page.getByRole('button', { name: '新建人群' }).click();
  assert.equal(await page.getByLabel('名称（中文）').inputValue(), '谁也不是');
  await page.getByRole('button', { name: '去掉条件“职级”' }).click();
  await page.getByRole('button', { name: '去掉“骨干”' }).click();
  await page.getByRole('button', { name: '放弃修改' }).click();
  await page.locator('.listed-none').waitFor();
});

test('what cannot be counted says why, and is counted again when it can be', async () => {
  const room = await openRoom();
  const { page } = room;
  const from = async (grade) => {
    await room.condition(0).getByLabel('职级 · 从').fill(grade);
    await room.condition(0).getByLabel('职级 · 从').blur();
  };
  await page.getByRole('button', { name: '新建人群' }).click();
  await page.locator('.reach strong').waitFor();
  await room.condition(0).getByLabel('条件', { exact: true }).selectOption({ label: '职级' });
  await page.route('**/preview', (route) => route.abort());
  await from('1');
  await page.locator('.reach').getByText('连不上服务器').waitFor();
  await page.unroute('**/preview');
  await from('2');
  await page.locator('.reach strong').waitFor();
  await page.getByRole('button', { name: '放弃修改' }).click();
});

test('a person is found by her name', async () => {
  const room = await openRoom();
  const { page } = room;
  await page.getByRole('button', { name: '新建人群' }).click();
  await room.condition(0).getByLabel('条件', { exact: true }).selectOption({ label: '人员' });
  await page.getByRole('combobox', { name: '添加人员' }).fill('王芳');
  await page.locator('.rule-add .options li', { hasText: 'wangfang' }).waitFor();
  await page.keyboard.press('Enter');
  await room.people('现有 1 人');
  assert.equal(await room.condition(0).locator('.pill').getAttribute('title'), 'wangfang');
  await page.getByRole('button', { name: '放弃修改' }).click();
});

test('somebody else changed it meanwhile: nothing of hers is lost', async () => {
  const room = await openRoom();
  const { page } = room;
  const place = `tenants/${unit}/audiences/shared`;
  const put = (rule, headers) => room.studio.api(place, { method: 'PUT', headers, body: JSON.stringify({ name: { zh: '共用' }, rule }) });
  await put({ all: [{ any: [{ grade: [1, { from: 5 }] }, { tag: 'x' }] }, { not: { not: { post: 'y' } } }] }, { 'If-None-Match': '*' });
  await page.keyboard.press('Escape');
  await room.enter();
  await room.row('共用').click();
  await page.locator('.rule-written').nth(1).waitFor();
  assert.equal(await page.locator('.rule-written').count(), 2, 'what no condition can show is kept as it was written');
  await page.getByLabel('名称（英文，可不填）').fill('Shared');
  const etag = (await fetch(`${server.base}/api/v1/${place}`, { headers: { cookie: room.studio.cookie } })).headers.get('etag');
  await put({ tag: 'x' }, { 'If-Match': etag });
  await room.save();
  await page.locator('.note.bad').getByText('别人刚改过').waitFor();
  assert.equal(await page.getByLabel('名称（英文，可不填）').inputValue(), 'Shared');
  await page.getByRole('button', { name: '放弃修改' }).click();
  await page.locator('.pill').getByText('x', { exact: true }).waitFor();
  await page.getByLabel('名称（英文，可不填）').fill('Shared');
  await room.save();
  await room.told('已保存人群“共用”');
  const { name, rule } = await room.kept('shared');
  assert.deepEqual({ name, rule }, { name: { zh: '共用', en: 'Shared' }, rule: { tag: 'x' } });
});

test('whoever may not publish looks and changes nothing', async () => {
  const room = await openRoom('sunlei');
  assert.equal(await room.page.getByRole('button', { name: '新建人群' }).count(), 0);
  await room.row('新员工').click();
  await room.page.locator('.pill').first().waitFor();
  await room.page.locator('.reach strong').waitFor();
  assert.equal(await room.page.getByRole('button', { name: '保存', exact: true }).count(), 0);
  assert.deepEqual(room.studio.faults, []);
});

for (const [name, mode, options] of [['light', 'light', desk], ['dark', 'dark', desk], ['en', 'english', desk], ['390', 'light', pocket]]) {
  test(`axe finds nothing, nothing is cut: ${name}`, async () => {
    const room = await openRoom('zhoumingyuan', { mode, options });
    const { page } = room;
    await room.row(mode === 'english' ? 'Crews' : '一线班组').click();
    await page.locator('.reach strong').waitFor();
    assert.deepEqual(await violations(page), []);
    const wide = await page.evaluate(() => [...document.querySelectorAll('.dialog, .dialog .rule-group')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className));
    assert.deepEqual(wide, [], 'nothing scrolls sideways');
    await page.screenshot({ path: pictureFile(`studio-audience-${name}`) });
  });
}
