import { openBrowser, openContext, signInPage } from '/work/main/tests/browser/browser.mjs';
const [base, out, ...specs] = process.argv.slice(2);
const browser = await openBrowser();
for (const spec of specs) {
  const [who, path, mode] = spec.split(',');
  const opt = {};
  if (mode?.includes('dark')) opt.colorScheme = 'dark';
  const w = mode?.match(/w(\d+)/); 
  opt.viewport = { width: w ? +w[1] : 390, height: mode?.match(/h(\d+)/) ? +mode.match(/h(\d+)/)[1] : 844 };
  if (w && +w[1] > 700) { opt.isMobile = false; opt.hasTouch = false; opt.deviceScaleFactor = 1; }
  const { context, faults } = await openContext(browser, opt);
  let page;
  if (who === '-') { page = await context.newPage(); await page.goto(base + path); }
  else { page = await signInPage(context, base, who); await page.goto(base + path); }
  await page.evaluate(() => document.fonts.ready);
  const file = `${out}/${who}${path.replace(/\W+/g, '_')}${mode ? '_' + mode : ''}.png`;
  const h = await page.evaluate(() => document.documentElement.scrollHeight);
  if (!mode?.includes('fold')) { await page.setViewportSize({ width: opt.viewport.width, height: Math.min(h, 4000) }); }
  await page.waitForTimeout(200);
  await page.screenshot({ path: file });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  console.log(file, 'h', h, 'overflow', over, faults.slice(0, 5));
  await context.close();
}
await browser.close();
