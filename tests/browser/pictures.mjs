// Takes the pictures of the README from the running demo: node tests/browser/pictures.mjs
// Made smaller by pngquant when it is installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, startServer } from '../harness.mjs';
import { openBrowser, openContext, signInPage } from './browser.mjs';

const shots = [
  { file: 'light', who: 'wangfang' },
  { file: 'dark', who: 'xuyizhou' },
  { file: 'large', who: 'madeshun' },
  { file: 'unit', who: 'elinsolberg' },
];

/** A phone around a screenshot, on nothing, so that it stands well on light and dark pages. */
function frame(png) {
  return `<style>
    body { margin: 0; padding: 14px 16px 22px; background: none }
    div { border-radius: 48px; padding: 9px; background: #14181f; box-shadow: 0 0 0 1.5px #7b8698, 0 6px 14px #0004 }
    img { display: block; width: 390px; border-radius: 39px }
  </style><div><img src="data:image/png;base64,${png.toString('base64')}"></div>`;
}

const folder = join(root, 'docs/pictures');
mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await openBrowser();
try {
  for (const { file, who } of shots) {
    const { context } = await openContext(browser, { deviceScaleFactor: 2 });
    const page = await signInPage(context, server.base, who);
    await page.waitForLoadState('load');
    const screen = await page.screenshot();
    const phone = await browser.newPage({ viewport: { width: 440, height: 898 }, deviceScaleFactor: 2 });
    await phone.setContent(frame(screen));
    await phone.locator('img').evaluate((image) => image.decode());
    const path = join(folder, `${file}.png`);
    writeFileSync(path, await phone.screenshot({ omitBackground: true }));
    spawnSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', path]);
    console.log(`${file}.png ${who} ${Math.round(statSync(path).size / 1024)} KiB`);
    await context.close();
    await phone.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
