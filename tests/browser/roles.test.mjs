// Roles in the studio: who may what in a unit, given with a reason, taken with one, and kept in the history.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';

const unit = 'huaheng-jl';
const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const { server, browser } = await openStage();
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())));

async function openRoles(who = 'chengweimin', { options = desk, mode, at = unit } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(at, 'home', { fresh: false });
  const { page } = studio;
  await page.locator('.where').click();
  await page.locator('.units .row').filter({ hasText: mode === 'english' ? 'Roles' : '角色与授权' }).click();
  await page.locator('.roles li').first().waitFor();
  const room = {
    studio, page,
    line: (text) => page.locator('.roles ul > li').filter({ hasText: text }),
    /** What the list says of a person, as "角色/范围". */
    roles: (name) => page.locator('.roles').evaluate((list, wanted) => [...list.querySelectorAll('ul > li')].filter((line) => line.querySelector('strong').textContent === wanted)
      .map((line) => `${line.closest('ul').previousElementSibling.firstChild.textContent}/${line.querySelector('small').textContent}`), name),
    told: (text) => page.locator('.toast').getByText(text).waitFor(),
    async fill(name, role, scope, reason) {
      await page.getByRole('combobox', { name: '人员' }).fill(name);
      await page.locator('#roles-person-options li').filter({ hasText: name }).first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('.roles-give').getByLabel('角色').selectOption({ label: role });
      await page.locator('.roles-give').getByLabel('范围').selectOption({ label: scope });
      await page.locator('.roles-give').getByLabel('理由').fill(reason);
      await page.keyboard.press('Enter');
    },
    mayPublish: async (name) => {
      const other = await openStudio(browser, server.base, name);
      const { body } = await other.api(`tenants`);
      await other.close();
      return body.items.filter((one) => one.id === unit && one.rights.includes('publish_layer')).map((one) => one.specialty ?? '');
    },
  };
  return room;
}

test('a role is given by keyboard alone, counts at once, stands in the history, and is taken with a reason', async () => {
  const room = await openRoles();
  const { page } = room;
  assert.deepEqual(await room.roles('孙磊'), ['设计者/全部专业']);
  await room.fill('孙磊', '发布者', '仅营销专业', '负责营销页面');
  await room.told('已授予孙磊：发布者');
  assert.deepEqual(await room.roles('孙磊'), ['发布者/仅营销专业', '设计者/全部专业']);
  assert.deepEqual(await room.mayPublish('sunlei'), ['marketing']);
  assert.equal(await page.getByRole('combobox', { name: '人员' }).evaluate((field) => field === document.activeElement), true, 'the next one can be typed');

  await page.getByText('授权历史').click();
  await page.locator('.roles .timeline li').filter({ hasText: '程为民 授予 孙磊' }).filter({ hasText: '负责营销页面' }).waitFor();

  await page.getByRole('button', { name: '收回孙磊的“发布者”' }).click();
  await page.keyboard.press('Enter');
  assert.deepEqual(await room.roles('孙磊'), ['发布者/仅营销专业', '设计者/全部专业'], 'not without a reason');
  await page.keyboard.type('任务结束');
  await page.keyboard.press('Enter');
  await room.told('已收回孙磊的“发布者”');
  assert.deepEqual(await room.roles('孙磊'), ['设计者/全部专业']);
  assert.deepEqual(await room.mayPublish('sunlei'), []);
  await page.locator('.roles .timeline li').first().filter({ hasText: '程为民 收回 孙磊' }).filter({ hasText: '任务结束' }).waitFor();
  assert.deepEqual(room.studio.faults, []);
});

test('what is refused says why in her language, and what was typed stays', async () => {
  const room = await openRoles();
  const { page } = room;
  await room.fill('孙磊', '设计者', '全部专业', '再来一次');
  await page.getByRole('alert').getByText('这个人已经有这个角色了').waitFor();
  assert.equal(await page.locator('.roles-give').getByLabel('理由').inputValue(), '再来一次');
  await room.fill('程为民', '发布者', '全部专业', '给自己');
  await page.getByRole('alert').getByText('不能给自己授予角色').waitFor();
  assert.deepEqual(await room.roles('程为民'), ['管理员/全部专业']);
  room.studio.forget();

  const above = await openRoles('zhoumingyuan', { at: 'huaheng' });
  await above.page.getByRole('button', { name: '收回周明远的“管理员”' }).click();
  await above.page.keyboard.type('不干了');
  await above.page.keyboard.press('Enter');
  await above.page.getByRole('alert').getByText('整个组织的最后一位管理员不能收回').waitFor();
  assert.deepEqual(await above.roles('周明远'), ['管理员/全部专业']);
  await above.page.getByRole('button', { name: '取消' }).click();
  above.studio.forget();
});

test('who may not give roles sees them; one from above is taken where it was given', async () => {
  const room = await openRoles('sunlei');
  assert.deepEqual(await room.roles('周明远'), ['管理员/全部专业 · 来自华衡电力']);
  assert.equal(await room.page.locator('.roles-give').count(), 0);
  assert.equal(await room.page.getByRole('button', { name: /^收回/ }).count(), 0);
  const administrator = await openRoles();
  assert.equal(await administrator.line('周明远').getByRole('button').count(), 0);
});

test('it is sound in every mode', async () => {
  for (const [mode, options] of [['light', desk], ['dark', pocket], ['english', desk], ['large', pocket]]) {
    const { page, studio } = await openRoles('chengweimin', { options, mode });
    await page.locator('.roles ul .button').last().click();
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.querySelector('.dialog').scrollWidth > document.querySelector('.dialog').clientWidth), false, `${mode}: it scrolls across`);
    await page.screenshot({ path: pictureFile(`roles-${mode}`) });
    assert.deepEqual(studio.faults, []);
  }
});
