// Random writes, watchers, disconnects, changes of who may see what, and restarts of the server: at the end every
// screen shows what a fresh page shows, and no stream ever carried what its person could not see at that moment.
// PINBAN_ALL=1 takes ten times as many steps; ROUNDS and SEED say how many, and which.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApi } from '../api.mjs';
import { post, signIn, startServer } from '../harness.mjs';
import { Screen, until } from '../stream.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? (process.env.PINBAN_ALL ? 1000 : 100));
const SEED = Number(process.env.SEED ?? 20261122);

// Mulberry32.
let state = SEED;
function random(n) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
}
const one = (list) => list[random(list.length)];

let server;
let api;
const cookies = {};
const people = ['wangfang', 'sunlei', 'chengweimin', 'madeshun', 'hanyumei', 'xuyizhou'];
const unitOf = { wangfang: 'huaheng-jl', sunlei: 'huaheng-jl', chengweimin: 'huaheng-jl' };
const screens = [];

async function start(options) {
  server = await startServer(options);
  api = await openApi(() => server);
  for (const screen of screens) screen.base = server.base;
}

before(async () => {
  await start();
  for (const name of ['zhoumingyuan', ...people]) cookies[name] = (await signIn(server.base, name)).cookie;
});
after(() => server.stop());

// ---- what the test writes: every text names who may read it from which write on ----

let serial = 0;
/** Marks by person: in no bytes of anybody else. */
const mark = (who) => `<only:${who}:${serial++}>`;
/** Marks of a secret notice: shown and hidden by audience, with the serial from which it is hidden from all. */
const secret = { shown: false, from: 0 };

async function put(kind, record) {
  const path = `/api/v1/data/${kind}/${record.id}`;
  const old = await api(cookies.chengweimin, 'GET', path);
  const reply = await api(cookies.chengweimin, 'PUT', path, record, old.status === 200 ? { 'If-Match': old.etag } : { 'If-None-Match': '*' });
  assert.ok(reply.status < 300, reply.text);
}

async function publish(verbs) {
  const path = '/api/v1/tenants/huaheng-jl/layers/home';
  const draft = await api(cookies.chengweimin, 'GET', `${path}/draft`);
  const sent = await api(cookies.chengweimin, 'POST', `${path}/draft/commands`, { base: draft.body.version, verbs }, { 'If-Match': draft.etag });
  assert.equal(sent.status, 200, sent.text);
  const done = await api(cookies.chengweimin, 'POST', `${path}/draft/publish`, { reason: 'model' }, { 'If-Match': sent.etag });
  assert.equal(done.status, 200, done.text);
}

const inJl = () => one(Object.keys(unitOf));
const steps = [
  [8, async () => { const who = inJl(); await put('task', { id: `m-${random(6)}-${who}`, assignee: who, state: one(['open', 'toread', 'done']), title: mark(who) }); }],
  [3, async () => { const who = inJl(); await put('message', { id: `m-${random(3)}-${who}`, recipient: who, unread: true, title: mark(who), at: '2026-11-21T00:00:00Z' }); }],
  [3, async () => put('notice', { id: 'model', title: `notice ${serial++}`, published: new Date(Date.now() - 120000).toISOString() })],
  [2, async () => put('news', { id: 'model', category: 'company', title: `news ${serial++}`, published: new Date(Date.now() - 120000).toISOString() })],
  [2, async () => { await post(server.base, '/me', { scheme: one(['auto', 'dark', 'light']), lang: one(['zh', 'en']) }, { cookie: cookies[one(people)] }); }],
  [2, async () => { await post(server.base, '/arrange', { page: 'home', ...one([{ restore: 'all' }, { hide: 'apps' }, { hide: 'agenda' }, { show: 'apps' }]) }, { cookie: cookies[one(people)] }); }],
  [1, toggleSecret],
  [4, async () => { screens.push(await opened(one(people))); }],
  [3, async () => { one(screens)?.close(); }],
  [3, async () => { const screen = one(screens.filter((it) => it.stream.ended && !it.gone)); if (screen) await reopen(screen); }],
  [1, async () => signOut(one(people))],
];
const bag = steps.flatMap(([weight, step]) => Array(weight).fill(step));

/** A block that only leaders may see; its layer says otherwise by turns. */
async function toggleSecret() {
  secret.shown = !secret.shown;
  const title = `<secret:${serial++}>`;
  // One commit shows it and changes its title, or takes it from all but the leaders and changes its title.
  secret.from = secret.shown ? Infinity : serial - 1;
  await publish([{ verb: 'add', block: 'model-secret', component: 'standard/news-list', props: { title }, into: 'main' },
    { verb: 'set', block: 'model-secret', at: '/title', value: title },
    secret.shown ? { verb: 'show', block: 'model-secret' } : { verb: 'hide', block: 'model-secret' }]);
}

async function opened(who) {
  const screen = await new Screen(server.base, cookies[who]).load();
  screen.who = who;
  await reopen(screen);
  return screen;
}

/** At most eight of one person may be open, others wait for their turn. */
async function reopen(screen) {
  screen.cookie = cookies[screen.who];
  const open = screens.filter((it) => it !== screen && it.who === screen.who && it.stream && !it.stream.ended);
  if (open.length >= 8) open[0].close();
  await until(async () => {
    await screen.listen();
    return screen.stream.status !== 429;
  }, 'a place for the stream');
  assert.equal(screen.stream.status, 200, screen.stream.body);
}

async function signOut(who) {
  await post(server.base, '/sign-out', {}, { cookie: cookies[who] });
  const hers = screens.filter((it) => it.who === who && !it.stream.ended);
  const after = serial;
  cookies[who] = (await signIn(server.base, who)).cookie;
  if (unitOf[who] && who !== 'chengweimin') await put('task', { id: `m-0-${who}`, assignee: who, state: 'open', title: mark(who) });
  for (const screen of hers) {
    await until(() => screen.stream.ended, 'the end of a session\'s stream');
    const bytes = JSON.stringify(screen.take());
    for (const found of bytes.matchAll(/only:[a-z]+:(\d+)/g)) assert.ok(Number(found[1]) < after, 'a stream carried what came after its session');
    assert.equal(screen.gone, 'signed-out');
    screens.splice(screens.indexOf(screen), 1);
  }
}

function assertAllowed(screen) {
  for (const event of screen.take()) {
    const bytes = JSON.stringify(event);
    for (const found of bytes.matchAll(/only:([a-z]+):\d+/g)) assert.equal(found[1], screen.who, `${screen.who} received a card of ${found[1]}`);
    for (const found of bytes.matchAll(/secret:(\d+)/g)) {
      assert.ok(Number(found[1]) < secret.from, 'a hidden block was sent');
      assert.ok(unitOf[screen.who], 'another unit received it');
    }
  }
}

test(`${ROUNDS} random steps, seed ${SEED}`, { timeout: 120000 + ROUNDS * 1000 }, async () => {
  for (let i = 0; i < 8; i++) screens.push(await opened(one(people)));
  for (let i = 0; i < ROUNDS; i++) {
    await one(bag)();
    for (const screen of screens) assertAllowed(screen);
    if (i % 80 === 79) {
      await server.stop({ keep: true });
      await start({ data: server.folder });
      for (const screen of screens.filter((it) => random(2))) await reopen(screen);
    }
  }
  for (const screen of screens) if (screen.stream.ended) await reopen(screen);
  const fresh = new Map();
  for (const who of people) fresh.set(who, await new Screen(server.base, cookies[who]).load());
  assert.ok(screens.length > 5, `${screens.length} screens`);
  for (const screen of screens) {
    const wanted = fresh.get(screen.who);
    await until(() => { assertAllowed(screen); return screen.at === wanted.at; }, `${screen.who}'s screen is current`, 8000).catch(() => {});
    assert.deepEqual([...screen.blocks.keys()].sort(), [...wanted.blocks.keys()].sort(), screen.who);
    for (const [id, html] of wanted.blocks) assert.equal(screen.blocks.get(id), html, `${screen.who} ${id}`);
  }
});
