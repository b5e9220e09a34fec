// A developer's folder (serve --watch) in the studio: what is saved is in the palette of whichever unit is open then.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run, scratch, startServer } from '../harness.mjs';
import { openStudio } from './builder.mjs';
import { openBrowser, pictureFile, violations } from './browser.mjs';

const folder = join(scratch(), 'mine');
assert.equal((await run(['component', 'new', 'quote', folder])).code, 0);
const server = await startServer({ args: ['--watch', folder] });
const browser = await openBrowser();
after(async () => {
  await browser.close();
  await server.stop();
});

const save = (title) => writeFileSync(join(folder, 'quote/component.lua'), `return { name = "quote", title = { zh = "${title}", en = "Quote" }, load = function(ctx) return {} end }`);

test('another unit is opened, also one where the folder is not told of: what is saved then is in the palette', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  const go = async (unit) => {
    await page.evaluate((to) => { location.hash = `#/${to}/home`; }, unit);
    await page.waitForResponse((reply) => reply.url().includes(`/tenants/${unit}/components`));
    await studio.ready();
  };
  const seen = (title) => studio.piece('mine/quote').getByText(title).waitFor();
  await page.route(/studio\/folder\?unit=huaheng-sy/, (route) => route.fulfill({ status: 403, body: '{}' }));
  const followed = page.waitForRequest('**/studio/folder/changes*');
  await studio.open('huaheng', 'home');
  await followed;
  await go('huaheng-jl');
  save('第一句');
  await seen('第一句');
  await go('huaheng-sy');
  const refused = page.waitForResponse(/studio\/folder\?unit=huaheng-sy/);
  save('第二句');
  await refused;
  await go('huaheng');
  await page.waitForResponse(/studio\/folder\?unit=huaheng$/);
  save('第三句');
  await seen('第三句');
  assert.deepEqual(studio.faults.filter((one) => !/403/.test(one)), []);
  await studio.close();
});

test('a card whose load fails says why over it, at once, and no more when it is mended', async () => {
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page, canvas } = studio;
  const lua = (load) => writeFileSync(join(folder, 'quote/component.lua'), `return {\n  name = "quote",\n  title = { zh = "句", en = "Quote" },\n  load = function(ctx)\n    ${load}\n  end,\n}\n`);
  lua('return { text = "一" }');
  writeFileSync(join(folder, 'quote/view.html'), '<ui-card title="x">{{text}}</ui-card>');
  await studio.open('huaheng', 'home');
  const { version } = (await studio.api('tenants/huaheng/layers/home/draft')).body;
  const { status } = await studio.api('tenants/huaheng/layers/home/draft/commands', { method: 'POST', body: JSON.stringify({ base: version, verbs: [{ verb: 'add', block: 'quote', component: 'mine/quote', into: 'main' }] }) });
  assert.equal(status, 200);
  await studio.open('huaheng', 'home', { fresh: false });
  await canvas.locator('#b-quote').getByText('一').waitFor();

  const failed = page.locator('[data-failed=quote]');
  const told = failed.locator('.complaint');
  const took = [];
  for (const save of [() => lua('error("没有这一天")'), () => lua('return { text = "二" }'), () => lua('error("没有这一天")')]) {
    const started = Date.now();
    save();
    await told.waitFor({ state: took.length % 2 ? 'detached' : 'visible' });
    took.push(Date.now() - started);
  }
  assert.ok(Math.min(...took) < 2000, took.join(' '));
  assert.equal(await told.locator('code').first().textContent(), 'quote/component.lua:5:5');
  assert.deepEqual(await told.locator('p').allTextContents(), ['quote/component.lua:5:5', '组件运行出错 script.failed', '没有这一天']);
  assert.match(await told.locator('pre .here').textContent(), /^5\s+error\("没有这一天"\)/);
  assert.ok((await told.boundingBox()).y < 880, 'it is brought into view');
  assert.doesNotMatch(await canvas.locator('#b-quote').textContent(), /没有这一天/);
  assert.deepEqual(await violations(page), []);
  await page.screenshot({ path: pictureFile('studio-failure') });
  await studio.side('outline');
  assert.match(await studio.row('quote').textContent(), /无法显示：组件运行出错 · quote\/component\.lua:5/);

  const sign = failed.getByRole('button', { name: /组件运行出错/ });
  await sign.click();
  await told.waitFor({ state: 'detached' });
  assert.equal(await sign.getAttribute('aria-expanded'), 'false');
  lua('return { text = "三" }');
  await canvas.locator('#b-quote').getByText('三').waitFor();
  await failed.waitFor({ state: 'detached' });
  assert.deepEqual(studio.faults, []);
  await studio.close();
});
