// A draft on a real phone: the code of the studio is read from the screen, opened on another device, and follows the draft.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { openStudio } from './builder.mjs';
import { openContext, openStage, phone, pictureFile, violations } from './browser.mjs';
import { modes, overflow } from './places.mjs';

const scanner = readFileSync(createRequire(import.meta.url).resolve('jsqr/dist/jsQR.js'), 'utf8');
const { server, browser } = await openStage();
const UNIT = 'huaheng-jl';

/** What a phone's camera reads from a picture. */
async function scanned(png) {
  const page = await browser.newPage();
  await page.addScriptTag({ content: scanner });
  const text = await page.evaluate(async (base64) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    const { data, width, height } = pen.getImageData(0, 0, image.width, image.height);
    return window.jsQR(data, width, height)?.data;
  }, png.toString('base64'));
  await page.close();
  return text;
}

test('a phone scans the code, shows the draft as it changes, and stops when the author ends it', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  await studio.open(UNIT, 'home');
  await studio.page.getByRole('button', { name: '在手机上看草稿' }).click();
  await studio.page.locator('.qr-code path').waitFor({ state: 'attached' });
  const address = await scanned(await studio.page.locator('.qr-code').screenshot());
  assert.match(address, new RegExp(`^${server.base}/see/`));
  await studio.page.keyboard.press('Escape');

  const { context, faults } = await openContext(browser, phone);
  const page = await context.newPage();
  await page.goto(address);
  assert.equal(page.url(), `${server.base}/see`, 'the secret does not stay in the address');
  await page.locator('.see #b-todo').waitFor();
  assert.deepEqual(await violations(page), []);
  assert.ok(await overflow(page) <= 0);
  const kept = await page.locator('#b-todo').elementHandle();

  await studio.select('todo');
  await studio.page.locator('.props input[lang=zh]').first().fill('手机上也看到了');
  await studio.page.keyboard.press('Tab');
  await page.getByRole('heading', { name: '手机上也看到了' }).waitFor({ timeout: 3000 });
  assert.ok(await kept.evaluate((element) => element.isConnected), 'the page is brought up to date, not loaded anew');
  assert.equal(await page.locator('.see').count(), 1, 'in its place, not within itself');
  await page.locator('#b-todo a').first().click();
  assert.equal(page.url(), `${server.base}/see`, 'nothing leads elsewhere');
  await page.screenshot({ path: pictureFile('phone-draft') });

  await context.setOffline(true);
  await studio.page.locator('.props input[lang=zh]').first().fill('断线时改的');
  await studio.page.keyboard.press('Tab');
  await context.setOffline(false);
  await page.getByRole('heading', { name: '断线时改的' }).waitFor({ timeout: 8000 });

  await studio.page.getByRole('button', { name: '在手机上看草稿' }).click();
  assert.equal(await scanned(await studio.page.locator('.qr-code').screenshot()), address, 'the same code while it is good');
  faults.length = 0;
  await studio.page.getByRole('button', { name: '结束预览' }).click();
  await page.locator('.see-bar[data-state=over]').waitFor({ timeout: 3000 });
  await page.screenshot({ path: pictureFile('phone-ended') });
  const late = await context.newPage();
  await late.goto(address);
  await late.getByText('预览已结束').waitFor();
  await late.screenshot({ path: pictureFile('phone-late') });
  assert.deepEqual(faults.filter((fault) => !/404|Failed to load/.test(fault)), []);
  await context.close();
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

test('a connection that is silent for longer than the server\'s heart is lost; the phone says so, and when it is back', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  await studio.open(UNIT, 'home');
  const { body: { path } } = await studio.api(`tenants/${UNIT}/layers/home/draft/links`, { method: 'POST', body: '{}' });
  const { context } = await openContext(browser, phone);
  const page = await context.newPage();
  await page.clock.install();
  await context.route('**/see/changes*', () => {}); // never answered
  const asked = page.waitForRequest('**/see/changes*');
  await page.goto(server.base + path);
  await asked;
  await page.clock.fastForward(46_000);
  await page.locator('.see-bar[data-state=away]').waitFor({ timeout: 3000 });
  await context.unroute('**/see/changes*');
  await page.clock.fastForward(1000);
  await page.locator('.see-bar[data-state=now]').waitFor({ timeout: 3000 });
  await context.close();
  await studio.close();
});

test('without a clipboard the address is shown, selected and said so; two presses on renew leave one link', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined }));
  await studio.open(UNIT, 'home');
  await page.getByRole('button', { name: '在手机上看草稿' }).click();
  const field = page.getByLabel('地址', { exact: true });
  await field.waitFor();
  const first = await field.inputValue();
  await page.getByRole('button', { name: '复制地址' }).click();
  await studio.spoken(/手动复制/);
  assert.equal(await field.evaluate((one) => one.value.slice(one.selectionStart, one.selectionEnd)), first);

  const made = [];
  page.on('response', async (reply) => { if (reply.request().method() === 'POST' && /draft\/links$/.test(reply.url())) made.push((await reply.json()).path); });
  const renew = page.getByRole('button', { name: '换一个' });
  await renew.evaluate((button) => { button.click(); button.click(); });
  const isGood = async (path) => (await fetch(new URL(path, server.base), { redirect: 'manual' })).status === 303;
  await page.waitForTimeout(1500);
  const now = await field.inputValue();
  const good = await Promise.all([first, ...made].map(async (path) => ((await isGood(path)) ? new URL(path, server.base).href : '')));
  assert.deepEqual(good.filter(Boolean), [now]);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});

for (const mode of Object.keys(modes)) {
  test(`${mode}: the code is accessible and fits, also on a narrow screen`, async () => {
    for (const width of [390, 1440]) {
      const studio = await openStudio(browser, server.base, 'zhoumingyuan', { viewport: { width, height: 844 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1 }, { mode });
      await studio.open(UNIT, 'home');
      await studio.page.keyboard.press('Control+k');
      await studio.page.getByRole('combobox').fill(mode === 'english' ? 'phone' : '手机');
      await studio.page.keyboard.press('Enter');
      await studio.page.locator('.qr-code path').waitFor({ state: 'attached' });
      assert.deepEqual(await violations(studio.page), []);
      assert.ok(await overflow(studio.page) <= 0);
      await studio.page.screenshot({ path: pictureFile(`phone-code-${mode}-${width}`) });
      assert.deepEqual(studio.faults, []);
      await studio.close();
    }
  });
}
