// Properties that stand only while others have certain values.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { folderOf, run, scratch, startServer } from '../harness.mjs';
import { openStudio } from './builder.mjs';
import { openBrowser, violations } from './browser.mjs';

const wares = {
  'package.lua': "return { name = 'trial', version = '1.0.0', title = { zh = '试验', en = 'Trial' } }\n",
  'way/component.lua': `local function title(zh, en) return { zh = zh, en = en } end
  return { name = 'way', title = title('去处', 'Way'), icon = 'bolt', sizes = { default = 'full', min = 'full' },
    props = { type = 'object', properties = {
      kind = { enum = { 'text', 'link' }, default = 'text', title = title('种类', 'Kind') },
      note = { type = 'string', title = title('备注', 'Note') } },
      ['if'] = { properties = { kind = { const = 'link' } } },
      ['then'] = { properties = { address = { type = 'string', format = 'uri-reference', title = title('地址', 'Address') }, note = false } },
      ['else'] = { properties = { count = { type = 'integer', minimum = 1, maximum = 9, default = 2, title = title('条数', 'How many') } } } },
    load = { kind = '$props.kind' } }\n`,
  'way/view.html': '<ui-card title="x">{{kind}}</ui-card>\n',
  'way/words/zh.json': '{}',
  'way/words/en.json': '{}',
};

test('a property appears and goes with the value that it depends on', async () => {
  const data = scratch();
  await (await startServer({ data })).stop();
  const installed = await run(['package', 'install', folderOf(wares), '--data', data]);
  assert.equal(installed.code, 0, installed.err);
  const [server, browser] = await Promise.all([startServer({ data, demo: false }), openBrowser()]);
  after(async () => {
    await browser.close();
    await server.stop();
  });
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page } = studio;
  await studio.open('huaheng-jl', 'home');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('+ 去处');
  await page.keyboard.press('Enter');
  const shown = () => page.locator('.props .property label, .props .property legend').allTextContents();
  await page.locator('.props').getByLabel('种类').waitFor();
  assert.deepEqual((await shown()).filter((text) => /种类|备注|地址|条数/.test(text)).sort(), ['备注', '条数', '种类'].sort());
  await page.locator('.props').getByLabel('种类').selectOption('"link"');
  await page.locator('.props').getByRole('combobox', { name: '地址' }).waitFor();
  assert.deepEqual((await shown()).filter((text) => /种类|备注|地址|条数/.test(text)).sort(), ['地址', '种类'].sort());
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(studio.faults, []);
  await studio.close();
});
