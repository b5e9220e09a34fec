// Follows the tutorial of docs/components.md to the letter: writes the files it shows, runs the commands it gives, looks where it says.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { get, program, root, scratch, signIn } from '../harness.mjs';
import { openStudio } from './builder.mjs';
import { openBrowser, pictureFile, violations } from './browser.mjs';

const work = scratch();
const tutorial = readFileSync(join(root, 'docs/components.md'), 'utf8').split(/^## Reference/m)[0];
/** Fenced blocks in their order: "sh", "LANGUAGE PATH", "complaint", or nothing for what a command says. */
const blocks = [...tutorial.matchAll(/^```(\S*)(?: (\S+))?\n(.*?)^```/gms)].map(([, kind, path, text]) => ({ kind, path, text }));

let server;
let said = '';
const browser = await openBrowser();
after(async () => {
  server?.child.kill('SIGTERM');
  await browser.close();
});

/** No port of its own, so that two tests can run at once; the tutorial's --port is for readers. */
async function serve(command) {
  if (server) {
    const ended = new Promise((done) => { server.child.on('exit', done); });
    server.child.kill('SIGINT');
    await ended;
  }
  const child = spawn('bash', ['-c', `exec ${command.replace(/ --port \d+/, ' --port 0')}`], { cwd: work, stdio: ['ignore', 'pipe', 'inherit'] });
  const base = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
      const found = out.match(/http:\/\/[\d.]+:\d+/);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  server = { child, base };
}

/** Does what the blocks say up to the first that `stop` names. */
async function follow(stop) {
  while (blocks.length && !stop(blocks[0])) {
    const { kind, path, text } = blocks.shift();
    if (path) {
      writeFileSync(join(work, path), text);
    } else if (kind === 'sh') {
      said = '';
      for (const command of text.trim().split('\n')) {
        if (command.includes(' serve ')) await serve(command);
        else said += execFileSync('bash', ['-c', command], { cwd: work, encoding: 'utf8' });
      }
    } else {
      assert.equal(said, text, 'what the tutorial promises');
    }
  }
}

/** The server has a second, see tests/flow/watch.test.mjs; the rest is what a browser on a busy machine takes to draw. */
const BROWSER_MS = 2000;

/** Milliseconds until what was saved is seen; the quickest of a few, because other work on this machine only adds to it. */
async function quickest(saves) {
  let best = Infinity;
  for (const { save, seen } of saves) {
    const started = Date.now();
    save();
    await seen();
    best = Math.min(best, Date.now() - started);
  }
  return best;
}

test('from nothing to a card on a page, for the people of one county', async () => {
  for (const folder of ['build/release', 'components']) mkdirSync(join(work, folder), { recursive: true });
  symlinkSync(realpathSync(program), join(work, 'build/release/pinban'));
  symlinkSync(join(root, 'tenants'), join(work, 'tenants'));
  await follow(({ text }) => text.includes('--watch'));
  const { cookie } = await signIn(server.base, 'madeshun');
  const page = await (await get(server.base, '/w/home', cookie)).text();
  assert.match(page, /近期到期/);
  assert.ok(!page.includes('card state'), 'no card of the page failed');
  const ids = [...page.matchAll(/id="b-([a-z0-9-]+)"/g)].map(([, id]) => id);
  assert.equal(ids[ids.indexOf('todo') + 1], 'due-soon', 'it stands behind the to-dos');
  const other = (await signIn(server.base, 'wangfang')).cookie;
  assert.ok(!(await (await get(server.base, '/w/home', other)).text()).includes('b-due-soon'));
});

test('what is saved is in palette and canvas within a second, a mistake over the card with its place', async () => {
  await follow(({ kind }) => kind === 'json');
  const studio = await openStudio(browser, server.base, 'zhoumingyuan');
  const { page, canvas } = studio;
  await studio.open('huaheng-sy-shuanglin', 'home', { fresh: false });
  await studio.piece('mine/due-soon').waitFor();
  await canvas.locator('#b-due-soon h2').getByText('近期到期').waitFor();
  await page.waitForTimeout(300);

  await follow(({ kind }) => kind === 'html');
  await canvas.locator('#b-due-soon h2').getByText('快到期了').waitFor();
  const words = (title) => ({
    save: () => writeFileSync(join(work, 'components/mine/due-soon/words/zh.json'), JSON.stringify({ title, nothing: '无' })),
    seen: () => canvas.locator('#b-due-soon h2').getByText(title, { exact: true }).waitFor(),
  });
  const took = await quickest(['一', '二', '三', '快到期了'].map(words));
  assert.ok(took < BROWSER_MS, `${took} ms`);
  await follow(({ kind }) => kind === 'complaint');
  await page.locator('[data-wrong=due-soon] .complaint').waitFor();
  const [place, text] = blocks.shift().text.trim().split('\n');
  const shown = page.locator('[data-wrong=due-soon] .complaint');
  assert.equal(await shown.locator('code').first().textContent(), place);
  assert.equal(await shown.locator('p').nth(1).textContent(), text);
  assert.match(await shown.locator('pre .here').textContent(), /^3\s+<ui-rwo each/);
  assert.equal(await shown.locator('pre > span').count(), 6, 'five lines, and the mark below the third');
  assert.match(await canvas.locator('#b-due-soon h2').textContent(), /快到期了/, 'what was there goes on working');
  assert.ok((await shown.boundingBox()).y < 880, 'it is brought into view');
  assert.deepEqual(await violations(page), []);
  await page.screenshot({ path: pictureFile('studio-complaint') });
  const mistaken = readFileSync(join(work, 'components/mine/due-soon/view.html'), 'utf8');
  await follow(() => false);
  await shown.waitFor({ state: 'detached' });
  const good = readFileSync(join(work, 'components/mine/due-soon/view.html'), 'utf8');
  const view = (text, state) => ({ save: () => writeFileSync(join(work, 'components/mine/due-soon/view.html'), text), seen: () => shown.waitFor({ state }) });
  const told = await quickest([view(mistaken, 'attached'), view(good, 'detached'), view(mistaken, 'attached'), view(good, 'detached')]);
  assert.ok(told < BROWSER_MS, `${told} ms`);
  assert.deepEqual(studio.faults, []);

  // A component that is on no page: its name in the palette, its mistake below the canvas; Lua names no column, its word has one.
  writeFileSync(join(work, 'components/mine/due-soon/component.lua'), 'return {\n  name = "due-soon",\n  load = function(ctx) retrn 1 end,\n}\n');
  await shown.locator('code').first().getByText(/^due-soon\/component\.lua:3:\d+$/).waitFor();
  await studio.open('huaheng-jl', 'home', { fresh: false });
  await page.locator('.astray .complaint').waitFor();
  await studio.close();
});
