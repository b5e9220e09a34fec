// The theme designer: a colour is seen in both schemes at once, what cannot be read is said and not published,
// and what is published is on an employee's page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { desk, openContext, openStage, pictureFile, violations } from './browser.mjs';
import { enter } from './places.mjs';

const pocket = { viewport: { width: 390, height: 844 } };

const { server, browser } = await openStage();
let all = []; // faults of each context
let contexts = [];
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  // A frame of ours with a policy that runs no script is told from a sandbox that can be left.
  const faults = all.flat().filter((fault) => !/can escape its sandboxing/.test(fault));
  all = [];
  assert.deepEqual(faults, []);
});

async function open(who, mode, options = desk, path = '/studio#/huaheng/theme') {
  const made = await openContext(browser, options);
  contexts.push(made.context);
  all.push(made.faults);
  await enter(made.context, server.base, who, mode);
  const page = await made.context.newPage();
  await page.goto(server.base + path, { waitUntil: path.startsWith('/w/') ? 'load' : 'networkidle' }); // a page's stream never ends
  return page;
}

const frames = (page) => page.frames().filter((frame) => frame.url().includes('/studio/canvas'));
const property = (frame, name) => frame.evaluate((one) => getComputedStyle(document.documentElement).getPropertyValue(one), name);
const field = (page, name) => page.getByRole('textbox', { name: `${name}，十六进制` });
const saved = async (page, text = '有未发布的修改') => {
  await page.getByText(text, { exact: true }).first().waitFor();
  await page.waitForLoadState('networkidle');
};

async function type(page, name, hex) {
  const answered = page.waitForResponse((reply) => reply.url().endsWith('/draft/look'));
  await field(page, name).fill(hex);
  await field(page, name).press('Enter');
  await answered;
}

async function assertAccessible(page, where) {
  assert.deepEqual(await violations(page, { iframes: false }), [], where);
}

test('a phone shows the look as it is said last, whichever sheet arrives first', async () => {
  const page = await open('zhoumingyuan', 'light');
  await page.getByRole('button', { name: '在手机上看草稿' }).click();
  const address = await page.getByLabel('地址', { exact: true }).inputValue();
  await page.keyboard.press('Escape');
  const { context, faults } = await openContext(browser, pocket);
  contexts.push(context);
  all.push(faults);
  const seen = await context.newPage();
  await seen.goto(address);
  const sheets = seen.locator('link[href^="/see/style.css"]');
  let asked = 0;
  await context.route('**/see/style.css?at=*', async (route) => {
    if (++asked === 1) await new Promise((done) => { setTimeout(done, 2500); });
    await route.continue();
  });
  for (const [i, hex] of ['#7a1fa2', '#1b5e20'].entries()) {
    await type(page, '品牌色', hex);
    for (let wait = 0; wait < 80 && asked <= i; wait++) await seen.waitForTimeout(50);
  }
  await seen.waitForTimeout(3000);
  assert.ok(asked >= 2, `${asked} sheets`);
  assert.equal(await property(seen.mainFrame(), '--color-brand'), '#1b5e20');
  assert.equal(await sheets.count(), 1);
  await page.getByRole('button', { name: '撤销' }).click();
  await seen.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--color-brand') === '#7a1fa2');
  await page.getByRole('button', { name: '撤销' }).click();
  await saved(page, '与已发布一致');
});

test('the brand is changed: both schemes follow at once, it is published, and an employee sees it', async () => {
  const theirs = await open('wangfang', 'light', pocket, '/w/home');
  const page = await open('zhoumingyuan', 'light');
  assert.equal(frames(page).length, 2);
  const [light, dark] = ['light', 'dark'].map((scheme) => frames(page).find((frame) => frame.url().includes(`scheme=${scheme}`)));
  assert.equal(await property(light, '--color-brand'), '#0a59c2');
  await type(page, '品牌色', '#7a1fa2');
  assert.equal(await property(light, '--color-brand'), '#7a1fa2');
  const night = await property(dark, '--color-brand');
  assert.match(night, /^#[0-9a-f]{6}$/);
  assert.notEqual(night, '#6aa9ff');
  assert.notEqual(night, '#7a1fa2', 'by night the same hue is lighter');
  await saved(page);
  for (const frame of [light, dark]) {
    await frame.waitForFunction(() => document.querySelectorAll('link[href^="/studio/canvas.css"]').length === 1 && !document.documentElement.getAttribute('style'));
  }
  assert.equal(await property(light, '--color-brand'), '#7a1fa2', 'what stands is the sheet of the draft');
  assert.equal(await property(dark, '--color-brand'), night);
  await page.getByText('全部达到 WCAG 2.2 AA').waitFor();

  await page.getByRole('button', { name: '撤销' }).click();
  await saved(page, '与已发布一致');
  await light.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--color-brand') === '#0a59c2');
  await page.getByRole('button', { name: '重做' }).click();
  await saved(page);
  await page.getByRole('button', { name: '发布', exact: true }).click();
  await page.getByLabel('这次改了什么、为什么').fill('新品牌色');
  await page.getByRole('button', { name: '立即发布' }).click();
  await saved(page, '与已发布一致');
  await theirs.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--color-brand') === '#7a1fa2');
});

test('what cannot be read is said with its number, and is not published', async () => {
  const page = await open('zhoumingyuan', 'light');
  await page.getByText('底色与文字').click();
  await type(page, '文字（弱） · 浅色', '#b1b9c5');
  const bad = page.locator('.contrasts .bad');
  assert.match(await bad.innerText(), /文字（弱） \/ 卡片[\s\S]+低于 4\.5 : 1[\s\S]+1\.97/);
  await assertAccessible(page, 'with a failing pair');
  await page.screenshot({ path: pictureFile('themer-contrast') });
  await page.getByRole('button', { name: '发布', exact: true }).click();
  await page.getByText('text-3 在 surface 上的对比度为 1.97').waitFor();
  assert.ok(await page.getByRole('button', { name: '立即发布' }).isDisabled());
  await page.getByRole('button', { name: '取消' }).click();
  await page.getByRole('button', { name: /^恢复继承 · 文字（弱）/ }).click();
  await page.getByText('全部达到 WCAG 2.2 AA').waitFor();
});

test('shape, words and offers; a seal binds the units below', async () => {
  const page = await open('zhoumingyuan', 'light');
  const [frame] = frames(page);
  await page.getByRole('tab', { name: '字与形' }).click();
  const slider = page.getByRole('slider', { name: '圆角' });
  for (let i = 0; i < 4; i++) await slider.press('ArrowRight');
  assert.equal(await property(frame, '--radius-3'), '18px', 'before the server has answered');
  await page.getByRole('button', { name: '锁定，下级不能修改 · 圆角' }).click(); // while the slider's last step still waits
  await page.getByRole('button', { name: '解除锁定 · 圆角' }).waitFor();
  await page.getByRole('button', { name: '撤销' }).click();
  await page.getByRole('button', { name: '锁定，下级不能修改 · 圆角' }).waitFor();
  await page.getByRole('button', { name: '重做' }).click();
  await page.getByRole('button', { name: '解除锁定 · 圆角' }).waitFor();
  assert.equal(await property(frame, '--radius-3'), '18px');
  await page.getByRole('radio', { name: '宽松' }).check({ force: true });
  await frame.waitForFunction(() => getComputedStyle(document.documentElement).getPropertyValue('--space-4') === '20px');
  await page.getByRole('tab', { name: '用词' }).click();
  await page.getByRole('searchbox').fill('我的待办');
  const word = page.getByRole('textbox', { name: '我的待办 · 我的待办 · 中文' });
  await word.fill('待我审批');
  await word.press('Enter');
  await frame.getByText('待我审批').first().waitFor({ state: 'attached' });
  await page.getByRole('tab', { name: '可选主题' }).click();
  assert.equal(await page.getByRole('switch').count(), 3);
  await assertAccessible(page, 'offers');
});

test('a file of tokens goes out and comes in, and what does not fit is told by its place', async () => {
  const page = await open('zhoumingyuan', 'light');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '导出' }).click()]);
  const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.equal(file.version, '2025.10');
  assert.equal(file.modifiers.scheme.contexts.light[0].color.brand.$type, 'color');
  const light = file.modifiers.scheme.contexts.light[0];
  light.color.accent.$value = { colorSpace: 'srgb', components: [0.5412, 0.2275, 0], hex: '#8a3a00' };
  light.color.nope = { $type: 'color', $value: '#123456' };
  file.sets.base.sources[0].space['4'].$value = 'wide';
  await page.setInputFiles('input[type=file]', { name: 'acme.tokens.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) });
  const dialog = page.getByRole('dialog');
  await dialog.getByText('将改变（2）').waitFor();
  await dialog.getByText('/modifiers/scheme/contexts/light/0/color/nope/$value').waitFor();
  await dialog.getByRole('button', { name: '导入 2 项' }).click();
  await dialog.getByText('/sets/base/sources/0/space/4/$value').waitFor();
  all = all.map((faults) => faults.filter((fault) => !/400/.test(fault))); // the refusal
  await assertAccessible(page, 'import');
  await dialog.getByRole('button', { name: '导入 1 项' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await field(page, '强调色').inputValue(), '#8a3a00');
  await page.setInputFiles('input[type=file]', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{') });
  await page.getByText('这不是 JSON 文件').first().waitFor();
});

test('in every mode and width it is whole and accessible', async () => {
  for (const [name, mode, options] of [['light', 'light', desk], ['dark', 'dark', desk], ['en', 'english', desk], ['390', 'light', pocket], ['390-dark', 'dark', pocket]]) {
    const page = await open('zhoumingyuan', mode, options);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, name);
    if (options === pocket) await page.locator('.sheets button').first().click();
    await page.waitForTimeout(400); // a sheet has come to rest
    await page.screenshot({ path: pictureFile(`themer-${name}`) });
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.swatch')].filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).length), 0, `${name}: colours stand where there is room for them`);
    assert.match(await page.locator('.where strong').textContent(), name === 'en' ? /Huaheng/ : /华衡/);
    await assertAccessible(page, name);
  }
});
