// A developer's folder (serve --watch) in the studio: what is saved is in the palette of whichever unit is open then.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { run, scratch, startServer } from '../harness.mjs';
import { openStudio } from './builder.mjs';
import { openBrowser } from './browser.mjs';

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
