// From a write to the paint, in a real Chromium: node tests/bench/live-paint.mjs [WRITES]
// One JSON object a line, as the other benches.
import { randomUUID } from 'node:crypto';
import { post, startServer } from '../harness.mjs';
import { openBrowser, openContext } from '../browser/browser.mjs';
import { enter } from '../browser/places.mjs';

const writes = Number(process.argv[2] ?? 100);
const server = await startServer();
const browser = await openBrowser();
try {
  const { context } = await openContext(browser);
  const cookie = await enter(context, server.base, 'wangfang', 'light');
  const page = await context.newPage();
  await page.goto(`${server.base}/w/todo`);
  await page.locator('#live[data-connected]').waitFor({ state: 'attached' });
  // The moment after the frame in which the text first stood on the page.
  await page.evaluate(() => {
    window.painted = (text) => new Promise((resolve) => {
      const look = () => {
        if (!document.querySelector('#b-memo').textContent.includes(text)) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
      };
      const watch = new MutationObserver(look);
      watch.observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    });
  });
  const times = [];
  for (let i = 0; i < writes; i++) {
    const text = `第 ${i + 1} 条 ${randomUUID()}`;
    const painted = page.evaluate((wanted) => window.painted(wanted), text);
    const start = Date.now();
    const reply = await post(server.base, '/act', { 'page': 'todo', 'block': 'memo', 'action': 'add', 'key': randomUUID(), 'input.text': text }, { cookie, Accept: 'application/json' });
    if (reply.status !== 200) throw new Error(reply.text);
    times.push(await painted - start);
  }
  times.sort((a, b) => a - b);
  for (const part of [50, 95]) console.log(JSON.stringify({ name: `live.write_to_paint.p${part}`, value: times[Math.ceil(times.length * part / 100) - 1], unit: 'ms', writes }));
} finally {
  await browser.close();
  await server.stop();
}
