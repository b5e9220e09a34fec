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

/** Pictures that a browser makes, as bytes: a still WebP, and one that moves, made of it twice. */
async function webps(page, w, h) {
  const still = Buffer.from(await page.evaluate(async ([width, height]) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d').fillRect(0, 0, width / 2, height);
    const blob = await new Promise((done) => { canvas.toBlob(done, 'image/webp', 0.5); });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, [w, h]));
  const u24 = (n) => [n & 255, n >> 8 & 255, n >> 16];
  const chunk = (name, ...parts) => {
    const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(name), size, body, Buffer.alloc(body.length % 2)]);
  };
  let image = still.subarray(12);
  if (image.toString('latin1', 0, 4) === 'VP8X') {
    const parts = [];
    for (let at = 30, next; at < still.length; at = next) {
      const size = still.readUInt32LE(at + 4);
      next = at + 8 + size + size % 2;
      if (/ALPH|VP8[ L]/.test(still.toString('latin1', at, at + 4))) parts.push(still.subarray(at, next));
    }
    image = Buffer.concat(parts);
  }
  const shot = chunk('ANMF', [...u24(0), ...u24(0), ...u24(w - 1), ...u24(h - 1), ...u24(100), 0], image);
  const moving = chunk('RIFF', 'WEBP', chunk('VP8X', [2 | 16, 0, 0, 0, ...u24(w - 1), ...u24(h - 1)]), chunk('ANIM', [0, 0, 0, 0, 0, 0]), shot, shot);
  return { still, moving };
}

const brought = (page) => page.waitForResponse((reply) => reply.request().method() === 'POST' && /\/pictures(\?|$)/.test(reply.url()));

test('what moves is left as it is; where WebP cannot be written a photo becomes a JPEG', async () => {
  const studio = await openStudio(browser, server.base, 'sunlei');
  const { page } = studio;
  await openPicker(studio);
  const input = page.locator('.gallery input[type=file]');
  const { still, moving } = await webps(page, 2400, 90);
  await page.evaluate(async (bytes) => (await createImageBitmap(new Blob([new Uint8Array(bytes)]))).close(), [...moving]); // it can be drawn
  for (const [bytes, stays] of [[moving, true], [still, false]]) {
    const reply = brought(page);
    await input.setInputFiles(file('a.webp', bytes, 'image/webp'));
    const { src } = await (await reply).json();
    const kept = Buffer.from(await (await fetch(server.base + src, { headers: { cookie: studio.cookie } })).arrayBuffer());
    assert.equal(kept.equals(bytes), stays);
    await page.getByText('已上传 1 张').waitFor();
  }
  await page.evaluate(() => {
    const { toBlob } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.toBlob = function without(done, type, quality) { toBlob.call(this, done, type === 'image/webp' ? 'image/png' : type, quality); };
    window.left = 0;
    const { createImageBitmap: made } = window;
    window.createImageBitmap = async (...asked) => {
      const image = await made(...asked);
      window.left++;
      const { close } = image;
      image.close = () => { window.left--; close.call(image); };
      return image;
    };
  });
  const reply = brought(page);
  await input.setInputFiles(file('b.png', png(2400, 100, hills(100))));
  assert.equal((await reply).request().headers()['content-type'], 'image/jpeg');
  assert.equal((await reply).status(), 200);
  assert.equal(await page.evaluate(() => window.left), 0);
  await studio.close();
});

test('two files that cannot be sent are told each by its name', async () => {
  const studio = await openStudio(browser, server.base, 'sunlei');
  const { page } = studio;
  await openPicker(studio);
  await page.route(/\/pictures(\?|$)/, (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await page.locator('.gallery input[type=file]').setInputFiles([file('一.png', png(20, 20, hills(20))), file('二.png', png(30, 20, hills(20)))]);
  await page.locator('.note.bad').nth(1).waitFor();
  assert.deepEqual((await page.locator('.note.bad').allTextContents()).map((text) => /^“(.)\.png”没有上传/.exec(text)?.[1]), ['一', '二']);
  assert.deepEqual(studio.faults.filter((fault) => !/ERR_FAILED|404/.test(fault)), []);
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
