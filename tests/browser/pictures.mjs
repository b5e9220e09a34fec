// Takes the pictures of the README from the running demo: node tests/browser/pictures.mjs
// Made smaller by pngquant when it is installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, startServer } from '../harness.mjs';
import { desk, openStudio, over, ways } from './builder.mjs';
import { openBrowser, openContext, signInPage } from './browser.mjs';

const shots = [
  { file: 'light', who: 'wangfang' },
  { file: 'dark', who: 'xuyizhou' },
  { file: 'large', who: 'madeshun' },
  { file: 'unit', who: 'elinsolberg' },
];

/** The studio at work: who, on which page, what is open. */
const desks = [
  { file: 'studio', who: 'zhoumingyuan', mode: 'light', place: 'huaheng-jl/home', select: 'todo', dragged: ['line-chart', { before: 'agenda' }] },
  { file: 'studio-dark', who: 'zhoumingyuan', mode: 'dark', place: 'huaheng-jl/home', select: 'kpi-loss', side: 'outline' },
];

/** A room of the studio, by what the list of units calls it. */
const rooms = [{ file: 'usage', who: 'zhoumingyuan', unit: 'huaheng', name: '使用情况', until: '.usage-ranking li' }];

/** A phone around a screenshot, on nothing, so that it stands well on light and dark pages. */
function frame(png) {
  return `<style>
    body { margin: 0; padding: 14px 16px 22px; background: none }
    div { border-radius: 48px; padding: 9px; background: #14181f; box-shadow: 0 0 0 1.5px #7b8698, 0 6px 14px #0004 }
    img { display: block; width: 390px; border-radius: 39px }
  </style><div><img src="data:image/png;base64,${png.toString('base64')}"></div>`;
}

/** Small enough for a README. */
function save(file, png, who) {
  const path = join(folder, `${file}.png`);
  writeFileSync(path, png);
  spawnSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', path]);
  console.log(`${file}.png ${who} ${Math.round(statSync(path).size / 1024)} KiB`);
}

const folder = join(root, 'docs/pictures');
mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await openBrowser();
try {
  for (const { file, who } of shots) {
    const { context } = await openContext(browser, { deviceScaleFactor: 2 });
    const page = await signInPage(context, server.base, who);
    await page.reload({ waitUntil: 'load' }); // one page fades into the next, itself it does not
    const screen = await page.screenshot();
    const phone = await browser.newPage({ viewport: { width: 440, height: 898 }, deviceScaleFactor: 2 });
    await phone.setContent(frame(screen));
    await phone.locator('img').evaluate((image) => image.decode());
    save(file, await phone.screenshot({ omitBackground: true }), who);
    await phone.close(); // she stays, as one of those who have a page open
  }
  for (const { file, who, mode, place, select, side, dragged } of desks) {
    const studio = await openStudio(browser, server.base, who, { ...desk, deviceScaleFactor: 1.5 }, { mode, examples: true });
    const [unit, layer] = place.split('/');
    await studio.open(unit, layer);
    await studio.page.locator('#look select').first().evaluate((menu) => menu.closest('[popover]').showPopover());
    await studio.page.locator('#look-person').fill('wangfang');
    await studio.page.locator('#look .options li').click();
    await studio.page.locator('#look select').first().selectOption(mode);
    await studio.page.locator('#look').evaluate((menu) => menu.hidePopover());
    await studio.canvas.locator(`html[data-scheme=${mode}]`).getByText('王芳').first().waitFor();
    await studio.ready();
    if (side) await studio.side(side);
    await studio.select(select);
    if (dragged) {
      await ways.mouse.take(studio, studio.piece(dragged[0]));
      await over(studio, ways.mouse, dragged[1]);
    }
    await studio.page.waitForTimeout(300); // what was scrolled is drawn
    save(file, await studio.page.screenshot(), who);
    await studio.close();
  }
  for (const { file, who, unit, name, until } of rooms) {
    const studio = await openStudio(browser, server.base, who, { ...desk, deviceScaleFactor: 1.5 }, { mode: 'light', examples: true });
    await studio.open(unit, 'home', { fresh: false });
    await studio.ready();
    await studio.page.locator('.where').click();
    await studio.page.locator('.units .row').filter({ hasText: name }).click();
    await studio.page.locator(until).first().waitFor();
    await studio.page.waitForTimeout(300);
    save(file, await studio.page.screenshot(), who);
    await studio.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
