// The usage room of the studio, and what a browser says of the links that are followed on a workbench.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openContext, openStage, pictureFile, violations } from './browser.mjs';
import { desk, openStudio } from './builder.mjs';
import { enter } from './places.mjs';

const pocket = { ...desk, viewport: { width: 390, height: 844 }, hasTouch: true };
const { server, browser } = await openStage();
const opened = [];
after(() => Promise.all(opened.map((studio) => studio.close())));

async function openUsage({ who = 'zhoumingyuan', unit = 'huaheng', options = desk, mode, clock = false } = {}) {
  const studio = await openStudio(browser, server.base, who, options, { mode });
  opened.push(studio);
  await studio.open(unit, 'home', { fresh: false });
  const { page } = studio;
  if (clock) await page.clock.install(); // goes on, and can be put forward
  await page.locator('.where').click();
  await page.locator('.units .row').filter({ hasText: mode === 'english' ? 'Usage' : '使用情况' }).click();
  await page.locator('.usage-ranking li').first().waitFor();
  return {
    studio, page,
    told: () => page.locator('.usage-chart figcaption p').first().textContent(),
    head: page.locator('.usage-ask h3'),
    sums: () => page.locator('.usage-sums dd strong').allTextContents(),
    ranking: (i) => page.locator('.usage-ranking').nth(i).locator('li').allInnerTexts(),
    usage: async (of, days = 30) => (await studio.api(`tenants/${of}/usage?days=${days}`)).body,
  };
}

test('what the server counts is shown: people, pages, components, units; a period is chosen', async () => {
  const { page, sums, ranking, usage } = await openUsage();
  const { now, days, people, week, of, pages, components, units } = await usage('huaheng');
  assert.deepEqual(await sums(), [now, days.at(-1).people, week, people, Math.round((100 * people) / of)].map(String));
  assert.equal(await page.locator('.usage-bars span').count(), 30);
  assert.match((await ranking(0))[0], new RegExp(`工作台\\s+${pages[0].people} 人\\s+打开 ${pages[0].views.toLocaleString('zh-CN')} 次`));
  assert.match((await ranking(1))[0], new RegExp(`应用宫格\\s+${components[0].people} 人`));
  assert.match(await page.locator('.usage-units .row').first().innerText(), new RegExp(`江澜电力\\s+${units[0].people} / ${units[0].of}`));
  await page.locator('.usage-ask select').selectOption({ label: '近 7 天' });
  await page.waitForFunction(() => document.querySelectorAll('.usage-bars span').length === 7);
  assert.deepEqual(await sums(), [now, days.at(-1).people, week, Math.round((100 * week) / of)].map(String));
});

test('day by day by keyboard, and by pointing; a screen reader is told each', async () => {
  const { page, told, usage } = await openUsage();
  const { days } = await usage('huaheng');
  const bars = page.getByRole('slider', { name: /每天的人数/ });
  assert.match(await told(), /今天还没结束/);
  await bars.focus();
  await page.keyboard.press('ArrowLeft');
  assert.match(await told(), new RegExp(`：${days.at(-2).people} 人，打开 ${days.at(-2).views} 次，使用 ${days.at(-2).uses} 次$`));
  assert.equal(await bars.getAttribute('aria-valuetext'), await told());
  await page.keyboard.press('Home');
  assert.match(await told(), new RegExp(`：${days[0].people} 人`));
  const box = await bars.boundingBox();
  await page.mouse.move(box.x + (box.width * 10.5) / 30, box.y + 80);
  assert.match(await told(), new RegExp(`：${days[10].people} 人，打开 ${days[10].views} 次`));
});

test('down to a unit and back by keyboard; of few people nothing is told', async () => {
  const { page, head, sums, usage } = await openUsage();
  await page.getByRole('button', { name: /江澜电力/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '返回华衡电力' }).waitFor();
  assert.equal(await head.textContent(), '江澜电力');
  assert.equal(await head.evaluate((one) => one === document.activeElement), true);
  const { people, units } = await usage('huaheng-jl');
  await page.getByRole('button', { name: units[0].name.zh }).waitFor();
  assert.equal((await sums())[3], String(people));
  await page.locator('.usage-units button').first().click();
  await page.getByText('不足 5 人，不单列').first().waitFor();
  await page.getByRole('button', { name: '返回江澜电力' }).click();
  await page.getByRole('button', { name: '返回华衡电力' }).click();
  await page.waitForFunction((wanted) => document.querySelector('.usage-units')?.innerText.includes(wanted), '云岭电力');
  assert.equal(await head.textContent(), '华衡电力');
});

test('a page that is published stands in the chart, with people before it', async () => {
  const { studio, page, told, usage } = await openUsage({ who: 'chengweimin', unit: 'huaheng-jl' });
  const layer = 'tenants/huaheng-jl/layers/home';
  const { body } = await studio.api(`${layer}/draft`);
  await studio.api(`${layer}/draft/commands`, { method: 'POST', body: JSON.stringify({ base: body.version, verbs: [{ verb: 'set', block: 'page', at: '/title', value: { zh: '江澜', en: 'Jianglan' } }] }) });
  const { body: changed } = await studio.api(`${layer}/draft`);
  const reply = await studio.api(`${layer}/draft/publish`, { method: 'POST', headers: { 'If-Match': `"${changed.version}"` }, body: JSON.stringify({ reason: '换个标题' }) });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  await page.getByRole('button', { name: '刷新' }).click();
  const line = page.locator('.usage-published li');
  await line.waitFor();
  const { days } = await usage('huaheng-jl');
  const before = days.slice(-8, -1).reduce((sum, { people }) => sum + people, 0) / 7;
  assert.match(await line.innerText(), new RegExp(`换个标题\\s+之前\\s*${String(Math.round(before * 10) / 10).replace('.', '\\.')}\\s+之后\\s*不满 7 天`));
  assert.match(await told(), /发布了/);
  assert.equal(await page.locator('.usage-bars .published').count(), 1);
});

test('the figures are taken away as a table', async () => {
  const { page, usage } = await openUsage();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载' }).click();
  const file = await coming;
  const { days, pages, components, units } = await usage('huaheng');
  assert.equal(file.suggestedFilename(), `usage-huaheng-${days.at(-1).day}.csv`);
  const lines = readFileSync(await file.path(), 'utf8').split('\r\n');
  assert.equal(lines[0], '\ufeff"项目","名称","人数","打开次数","使用次数","总人数"');
  assert.equal(lines[1], `"日期","${days[0].day}","${days[0].people}","${days[0].views}","${days[0].uses}"`);
  assert.equal(lines[31], `"页面","工作台","${pages[0].people}","${pages[0].views}"`);
  assert.equal(lines.length, 2 + days.length + pages.length + components.length + units.length);
});

test('who opens her workbench is seen without asking, and who leaves it', async () => {
  const { page, sums, usage } = await openUsage({ clock: true });
  const before = Number((await sums())[0]);
  const now = async (wanted) => {
    for (let i = 0; i < 200 && (await usage('huaheng')).now !== wanted; i++) await wait(50);
    await page.clock.fastForward(15_000);
    await page.locator('.usage-now strong').getByText(String(wanted), { exact: true }).waitFor();
  };
  const { context } = await openContext(browser, { viewport: { width: 390, height: 844 } });
  await enter(context, server.base, 'fangwenjing');
  const phone = await context.newPage();
  await phone.goto(`${server.base}/w/home`);
  await now(before + 1);
  await context.close();
  await now(before);
});

test('what cannot be had is told, and asked for again', async () => {
  const { studio, page } = await openUsage();
  await page.route('**/usage?*', (route) => route.abort());
  await page.getByRole('button', { name: '刷新' }).click();
  await page.locator('.usage [role=alert]').waitFor();
  await page.unroute('**/usage?*');
  await page.getByRole('button', { name: '重试' }).click();
  await page.locator('.usage-ranking li').first().waitFor();
  studio.forget();
});

for (const [name, options] of Object.entries({ light: {}, dark: { mode: 'dark' }, english: { mode: 'english' }, large: { mode: 'large' }, pocket: { options: pocket } })) {
  test(`the room is fit for everybody: ${name}`, async () => {
    const { studio, page } = await openUsage(options);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.locator('.dialog').evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth), true, 'nothing is cut off at the side');
    await page.screenshot({ path: pictureFile(`usage-${name}`) });
    assert.deepEqual(studio.faults, []);
  });
}

test('a link that is followed on a card is counted, a press on the card beside it is not', async () => {
  const { context, faults } = await openContext(browser, { viewport: { width: 390, height: 844 } });
  await enter(context, server.base, 'luozhiqiang');
  const page = await context.newPage();
  const told = [];
  page.on('response', (reply) => { if (reply.url().includes('/used')) told.push(`${reply.status()} ${reply.url()}`); });
  await page.goto(`${server.base}/w/home`);
  await page.evaluate(() => addEventListener('click', (event) => event.preventDefault())); // she stays, so that the answer is seen
  await page.locator('#b-apps h2').click();
  await page.locator('#b-apps a[href]').first().click();
  for (let i = 0; i < 100 && !told.length; i++) await wait(50);
  assert.deepEqual(told, [`204 ${server.base}/used?page=home&block=apps`]);
  assert.deepEqual(faults, []);
  await context.close();
});
