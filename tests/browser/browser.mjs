// Debian's Chromium, driven as a phone or a desk would see us.
import { chromium } from 'playwright-core';
import { join } from 'node:path';
import { root } from '../harness.mjs';

export const chromiumOptions = {
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--font-render-hinting=none'],
  env: { ...process.env, FONTCONFIG_FILE: join(root, 'tests/browser/fonts.conf') },
};

export const openBrowser = () => chromium.launch(chromiumOptions);

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** A context in which nothing the page does wrong goes unnoticed. */
export async function openContext(browser, options = {}) {
  const context = await browser.newContext({ ...phone, locale: 'zh-CN', ...options });
  const faults = [];
  context.on('page', (page) => {
    // Chromium reports a transition between two pages that it gives up as an error of the page.
    page.on('pageerror', (error) => { if (!/ViewTransition opt-in disabled/.test(error.message)) faults.push(`error: ${error.message}`); });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
    });
    page.on('response', (reply) => {
      if (reply.status() >= 400 && !reply.url().includes('expected-error')) faults.push(`${reply.status()} ${reply.url()}`);
    });
  });
  return { context, faults };
}

export async function signInPage(context, base, name, password = 'pinban-demo') {
  const page = await context.newPage();
  await page.goto(`${base}/`, { waitUntil: 'load' });
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.click('.button-wide');
  await page.waitForURL('**/w/home');
  return page;
}
