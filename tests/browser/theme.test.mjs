// A person chooses a theme that her unit offers: seen at once, in every scheme, readable, and hers alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openContext, openStage, pictureFile, violations } from './browser.mjs';
import { cutTexts, enter, overflow } from './places.mjs';

const { server, browser } = await openStage();

const brand = (page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--color-brand'));

test('each theme that is offered is seen at once and readable, by day and by night', async () => {
  const seen = new Set();
  for (const mode of ['light', 'dark', 'large']) {
    const { context } = await openContext(browser);
    await enter(context, server.base, 'wangfang', mode);
    const page = await context.newPage();
    await page.goto(`${server.base}/w/me`, { waitUntil: 'load' });
    const names = await page.locator('input[name=theme]').evaluateAll((all) => all.map((one) => one.value));
    assert.deepEqual(names, ['unit', 'huaheng', 'verdant', 'dusk']);
    for (const name of names) {
      await page.locator(`label:has(input[name=theme][value=${name}])`).click();
      await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '保存' }).click()]);
      assert.ok(await page.locator(`input[name=theme][value=${name}]`).isChecked());
      if (name !== 'unit') seen.add(await brand(page));
      assert.equal(await overflow(page), 0);
      assert.deepEqual(await cutTexts(page), []);
      await page.screenshot({ path: pictureFile(`theme-${name}-${mode}`) });
      assert.deepEqual(await violations(page), [], `${name} ${mode}`);
    }
    await page.locator('label:has(input[name=theme][value=unit])').click();
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: '保存' }).click()]);
    await context.close();
  }
  assert.equal(seen.size, 6, 'three themes, each by day and by night');
});

test('by keyboard, without script, and on nobody else\'s page', async () => {
  const { context } = await openContext(browser, { javaScriptEnabled: false, isMobile: false, hasTouch: false });
  await enter(context, server.base, 'hanyumei', 'light');
  const page = await context.newPage();
  await page.goto(`${server.base}/w/me`);
  await page.locator('input[name=theme][value=unit]').focus();
  for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  assert.ok(await page.locator('input[name=theme][value=verdant]').isChecked());
  await page.goto(`${server.base}/w/home`);
  assert.match(await page.locator('link[rel=stylesheet]').getAttribute('href'), /%40verdant\//);
  const { context: other } = await openContext(browser, { javaScriptEnabled: false });
  await enter(other, server.base, 'wangfang', 'light');
  const theirs = await other.newPage();
  await theirs.goto(`${server.base}/w/home`);
  assert.doesNotMatch(await theirs.locator('link[rel=stylesheet]').getAttribute('href'), /%40/);
  await other.close();
  await context.close();
});
