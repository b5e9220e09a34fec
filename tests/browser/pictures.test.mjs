// A property that is a picture: chosen from what the unit has and inherits, or brought from the computer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signIn } from '../harness.mjs';
import { png } from '../png.mjs';
import { openStudio } from './builder.mjs';
import { openStage, pictureFile, violations } from './browser.mjs';
import { modes, overflow } from './places.mjs';

const { server, browser } = await openStage();
const UNIT = 'huaheng-jl';
const hills = (h) => (x, y) => Math.min(255, Math.round(120 + 60 * Math.sin(x / 90) + 90 * (1 - y / h)));
const file = (name, buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

async function openPicker(studio) {
  const { page } = studio;
  await studio.open(UNIT, 'home');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(page.url().length && await page.locator('html').getAttribute('lang') === 'en' ? '+ Picture' : '+ 图片');
  await page.keyboard.press('Enter');
  await page.locator('.picture-field button').first().waitFor({ state: 'attached' });
  await studio.settled();
  if (page.viewportSize().width < 700) await page.locator('.sheets button').last().click();
  await page.locator('.picture-field button').first().click();
  await page.locator('.shelf').waitFor();
}

test('a picture is brought, described, used and seen; another comes from above; a liar is told', async () => {
  const group = (await signIn(server.base, 'zhoumingyuan')).cookie;
  await fetch(`${server.base}/api/v1/tenants/huaheng/pictures`, { method: 'POST', headers: { cookie: group, 'Content-Type': 'image/png' }, body: png(1053, 372, hills(372)) });
  const studio = await openStudio(browser, server.base, 'sunlei');
  const { page } = studio;
  await openPicker(studio);
  assert.match(await page.locator('.shelf .heading').first().textContent(), /^来自 /);
  const input = page.locator('.gallery input[type=file]');
  await input.setInputFiles([file('logo.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), file('变电站.png', png(800, 500, hills(500)))]);
  await page.getByText('已上传 1 张').waitFor();
  assert.match(await page.locator('.note.bad').textContent(), /logo\.png.*SVG/);
  await page.getByLabel('替代文字 · 中文').fill('雪中的变电站');
  await page.getByLabel('替代文字 · 英文').fill('A substation in snow');
  await page.getByRole('button', { name: '用这张' }).click();
  await studio.settled();
  const shown = studio.canvas.locator('.picture img');
  await shown.waitFor();
  assert.equal(await shown.getAttribute('alt'), '雪中的变电站');
  assert.equal(await shown.evaluate((image) => image.decode().then(() => image.naturalWidth)), 800);
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), '雪中的变电站', 'the focus is back at the property');

  // What a phone took is larger than a page needs.
  let seed = 1;
  const noise = png(2600, 1500, () => { seed = Math.imul(seed ^ seed >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0; return seed >>> 16 & 255; });
  assert.ok(noise.length > 1 << 20);
  await page.locator('.picture-field button').first().click();
  await page.locator('.shelf .shot').nth(1).waitFor();
  await input.setInputFiles(file('IMG_0001.png', noise));
  await page.getByText(/^(2048×1182|1440×831|1024×591|720×415) 像素 · \d{2,3} KB$/).waitFor({ timeout: 20_000 });

  // With the keyboard: the radio buttons of the shelf, then the button.
  await page.locator('.shelf input').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('.chosen-shot').waitFor();
  await page.getByRole('button', { name: '删除' }).last().click();
  await page.getByText('确定删除').waitFor();
  await page.getByRole('button', { name: '删除' }).last().click();
  await page.waitForFunction(() => document.querySelectorAll('.shelf .shot').length === 2);
  await page.keyboard.press('Escape');
  assert.deepEqual(studio.faults.filter((fault) => !/400|404/.test(fault)), []);
  await studio.close();
});

for (const mode of Object.keys(modes)) {
  test(`${mode}: the gallery is accessible and fits`, async () => {
    for (const width of [390, 1440]) {
      const studio = await openStudio(browser, server.base, 'sunlei', { viewport: { width, height: 844 }, isMobile: false, hasTouch: false, deviceScaleFactor: 1 }, { mode });
      await openPicker(studio);
      await studio.page.locator('.shelf input').first().check({ force: true });
      await studio.page.locator('.chosen-shot').waitFor();
      assert.deepEqual(await violations(studio.page), []);
      assert.ok(await overflow(studio.page) <= 0);
      await studio.page.screenshot({ path: pictureFile(`gallery-${mode}-${width}`) });
      assert.deepEqual(studio.faults.filter((fault) => !/404/.test(fault)), []);
      await studio.close();
    }
  });
}
