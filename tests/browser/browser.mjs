// Debian's Chromium, driven as a phone or a desk would see us.
import { chromium } from 'playwright-core';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after } from 'node:test';
import { root, startServer } from '../harness.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = join(root, 'build/screenshots');
mkdirSync(pictures, { recursive: true });

const chromiums = [process.env.CHROME_PATH, '/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export const chromiumOptions = {
  executablePath: chromiums.find((path) => path && existsSync(path)),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--font-render-hinting=none'],
  env: { ...process.env, FONTCONFIG_FILE: join(root, 'tests/browser/fonts.conf') },
};

// Chromium reports a transition between two pages that it gives up as an error of the page.
const GIVEN_UP = /ViewTransition opt-in disabled|Transition was aborted because of invalid state/;

export const openBrowser = () => chromium.launch(chromiumOptions);

/** The demo and a browser for the tests of one file. */
export async function openStage(options = {}) {
  const server = await startServer(options);
  const browser = await openBrowser();
  after(async () => {
    await browser.close();
    await server.stop();
  });
  return { server, browser };
}

/** Where a picture is written, for eyes. */
export const pictureFile = (name) => join(pictures, `${name}.png`);

/** What keeps somebody from using the page, as axe sees it with these options of its run. */
export async function violations(page, options = {}) {
  await page.evaluate(axe);
  return page.evaluate(async (more) => (await window.axe.run(document, { resultTypes: ['violations'], ...more })).violations
    .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`), options);
}

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
export const desk = { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1, isMobile: false, hasTouch: false };

/** A context in which nothing the page does wrong goes unnoticed. */
export async function openContext(browser, options = {}) {
  const context = await browser.newContext({ ...phone, locale: 'zh-CN', ...options });
  const faults = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => { if (!GIVEN_UP.test(error.message)) faults.push(`error: ${error.message}`); });
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

/** Waits until `holds` gives something true in the page; waitForFunction takes the promise of an async one for true. */
export async function untilInPage(page, holds, ms = 10_000) {
  for (const end = Date.now() + ms; !await page.evaluate(holds); await page.waitForTimeout(50)) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${holds}`);
  }
}

/** Waits until the page is kept on the device with all that it needs, and opens from there. */
export const keptHere = (page) => untilInPage(page, async () => navigator.serviceWorker.controller?.state === 'activated' && Boolean(await caches.match(location.href) && await caches.match(document.querySelector('#live-say').dataset.aside)));
