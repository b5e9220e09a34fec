// The first minutes of an administrator: a guide that ends with a change that was really published, seen on the phone beside it, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, signIn } from '../harness.mjs';
import { desk, openStudio } from './builder.mjs';
import { openStage, pictureFile, violations } from './browser.mjs';
import { overflow } from './places.mjs';

const { server, browser } = await openStage();
const guided = { guide: true };

const at = (studio, text) => studio.page.locator('.guide h2').getByText(text, { exact: true }).waitFor();

async function looked(studio, name, found) {
  found.push(...(await violations(studio.page)).map((one) => `${name}: ${one}`));
  if (await overflow(studio.page) > 0) found.push(`${name}: too wide`);
  await studio.page.screenshot({ path: pictureFile(`first-${name}`) });
}

test('by mouse: each step is over when it is done; it goes on after a reload; what was published is on the phone; never again', async () => {
  const studio = await openStudio(browser, server.base, 'chengweimin', desk, guided);
  const { page } = studio;
  const found = [];
  await studio.open('huaheng-jl', 'home');
  await at(studio, '三分钟，完成第一次发布');
  await looked(studio, 'welcome', found);
  await page.getByRole('button', { name: '开始' }).click();
  await at(studio, '选一张卡片');
  await studio.select('todo');
  await at(studio, '改一改它的标题');
  await looked(studio, 'change', found);
  await page.reload();
  await studio.ready();
  await at(studio, '改一改它的标题');
  await studio.select('todo');
  await page.locator('.props input[lang=zh]').first().fill('今天要办');
  await page.keyboard.press('Tab');
  await at(studio, '发布');
  await looked(studio, 'publish', found);
  await page.locator('.bar .primary').click();
  await page.locator('.dialog textarea').fill('第一次');
  await page.getByRole('button', { name: '立即发布' }).click();
  await at(studio, '员工手机上已经是这样');
  await page.frameLocator('.guide-phone iframe').getByRole('heading', { name: '今天要办' }).waitFor();
  assert.match(await page.locator('.guide-phone iframe').getAttribute('src'), /^\/w\/home#b-todo$/, 'the page itself, no preview, at the card');
  const { cookie } = await signIn(server.base, 'sunlei');
  const employee = await (await get(server.base, '/w/home', cookie)).text();
  assert.match(employee, /今天要办/, 'others have it, too');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H2', 'the last step has the focus');
  await looked(studio, 'seen', found);
  await page.getByRole('button', { name: '完成' }).click();
  await page.locator('.guide').waitFor({ state: 'detached' });
  await page.reload();
  await studio.ready();
  await page.waitForTimeout(500);
  assert.equal(await page.locator('.guide').count(), 0);
  assert.deepEqual(found, []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('by keyboard, in English and dark: the outline, the properties, the dialog; every step is spoken', async () => {
  const studio = await openStudio(browser, server.base, 'luoyunfei', desk, { ...guided, mode: 'english' });
  const { page } = studio;
  const found = [];
  await studio.open('huaheng-yl', 'home');
  await at(studio, 'Your first change, in three minutes');
  await looked(studio, 'english', found);
  await page.getByRole('button', { name: 'Begin' }).focus();
  await page.keyboard.press('Enter');
  await studio.spoken(/Step 2 of 5 Choose a card/);
  await page.locator('#tab-outline').focus();
  await page.keyboard.press('Enter');
  await page.locator('.tree [data-row=todo] .row-main').focus();
  await page.keyboard.press('Enter');
  await studio.spoken(/Step 3 of 5/);
  await page.locator('.props input[lang=en]').first().focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Due today');
  await page.keyboard.press('Tab');
  await studio.spoken(/Step 4 of 5/);
  await page.locator('.bar .primary').focus();
  await page.keyboard.press('Enter');
  await page.locator('.dialog textarea').focus();
  await page.keyboard.type('first');
  await page.getByRole('button', { name: 'Publish now' }).focus();
  await page.keyboard.press('Enter');
  await studio.spoken(/Step 5 of 5|Published|Proposed/);
  await page.frameLocator('.guide-phone iframe').getByRole('heading', { name: 'Due today' }).waitFor();
  assert.deepEqual(found, []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('who skips it is left alone, on every device; on a phone it covers nothing that is needed', async () => {
  const narrow = { viewport: { width: 390, height: 844 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1 };
  const studio = await openStudio(browser, server.base, 'xuyizhou', narrow, { ...guided, mode: 'dark' });
  const found = [];
  await studio.open('huaheng-yl', 'home');
  await at(studio, '三分钟，完成第一次发布');
  await looked(studio, 'dark-390', found);
  await studio.page.getByRole('button', { name: '先不看了' }).click();
  const other = await openStudio(browser, server.base, 'xuyizhou', desk, guided);
  await other.open('huaheng-yl', 'home');
  await other.page.waitForTimeout(500);
  assert.equal(await other.page.locator('.guide').count(), 0);
  assert.deepEqual(found, []);
  await other.close();
  await studio.close();
});

test('who may design and not publish ends with her draft', async () => {
  const studio = await openStudio(browser, server.base, 'sunlei', desk, guided);
  await studio.open('huaheng-jl', 'home');
  await studio.page.getByRole('button', { name: '开始' }).click();
  await studio.select('todo');
  await at(studio, '改一改它的标题');
  await studio.page.locator('.props input[lang=zh]').first().fill('草稿里的');
  await studio.page.keyboard.press('Tab');
  await at(studio, '发布');
  assert.match(await studio.page.locator('.guide').textContent(), /由有发布权限的同事发布/);
  await studio.page.getByRole('button', { name: '完成' }).click();
  await studio.page.locator('.guide').waitFor({ state: 'detached' });
  await studio.close();
});
