// What specialties, groups and tags are called, in the studio: typed, inherited, shown at once where codes stood.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';

const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const { server, browser } = await openStage();
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())));

async function openNames(who = 'zhoumingyuan', { unit = 'huaheng-jl', options = desk, mode } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  const { page } = studio;
  const enter = async () => {
    await page.locator('.where').click();
    await page.locator('.units .row').filter({ hasText: mode === 'english' ? 'Names' : '名称表' }).click();
    await page.locator('.names li').first().waitFor();
  };
  await enter();
  return {
    studio, page, enter,
    zh: (code) => page.getByLabel(`“${code}”的中文名称`),
    en: (code) => page.getByLabel(`“${code}”的英文名称`),
    own: async () => (await studio.api(`tenants/${unit}/terms`)).body.own,
    save: () => page.getByRole('button', { name: '保存', exact: true }),
  };
}

test('a name is typed and saved by keyboard, is shown where the code stood, and is taken away', async () => {
  const { page, enter, zh, en, own, save } = await openNames();
  assert.equal(await save().isDisabled(), true);
  assert.equal(await zh('marketing').getAttribute('placeholder'), '上级：营销');
  await zh('marketing').fill('市场营销');
  await en('marketing').fill('Sales');
  await page.keyboard.press('Enter');
  await page.locator('.toast').getByText('名称已保存').waitFor();
  assert.deepEqual(await own(), { specialty: { marketing: { zh: '市场营销', en: 'Sales' } } });
  assert.equal(await save().isDisabled(), true);

  await page.keyboard.press('Escape');
  await page.locator('.where').click();
  await page.locator('.units .row').filter({ hasText: '角色与授权' }).click();
  await page.locator('.roles li').filter({ hasText: '仅市场营销专业' }).waitFor();
  await page.keyboard.press('Escape');

  await enter();
  await zh('marketing').fill('');
  await en('marketing').fill('');
  const saved = page.waitForResponse((reply) => reply.request().method() === 'PATCH');
  await save().click();
  assert.equal((await saved).status(), 200);
  assert.deepEqual((await own()).specialty ?? {}, {});
});

test('what is typed is given up; a name in English alone keeps what it is called in Chinese', async () => {
  const { page, zh, en, own, save } = await openNames('zhoumingyuan', { unit: 'huaheng-yl' });
  await zh('digital').fill('数智化');
  await page.getByRole('button', { name: '放弃修改' }).click();
  await page.locator('.names li').first().waitFor();
  assert.equal(await zh('digital').inputValue(), '');
  await en('digital').fill('IT');
  await save().click();
  await page.locator('.toast').getByText('名称已保存').waitFor();
  const { specialty } = await own();
  assert.equal(specialty.digital.en, 'IT');
  assert.equal(await zh('digital').inputValue(), specialty.digital.zh);
});

test('who may not grant roles reads them', async () => {
  const { page, zh, save } = await openNames('sunlei');
  assert.equal(await zh('marketing').getAttribute('readonly'), '');
  assert.equal(await save().count(), 0);
  await page.getByText('只有能授予角色的管理员可以修改').waitFor();
});

for (const [name, options] of Object.entries({ light: {}, dark: { mode: 'dark' }, english: { mode: 'english' }, large: { mode: 'large' }, pocket: { options: pocket } })) {
  test(`the names are fit for everybody: ${name}`, async () => {
    const { studio, page } = await openNames('zhoumingyuan', { unit: 'huaheng', ...options });
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.locator('.dialog').evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth), true, 'nothing is cut off at the side');
    await page.screenshot({ path: pictureFile(`names-${name}`) });
    assert.deepEqual(studio.faults, []);
  });
}
