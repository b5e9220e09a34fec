// Streams over HTTP: what changed is on every screen that shows it, on no other, and nothing else is sent.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { openApi } from '../api.mjs';
import { get, post, signIn, startServer } from '../harness.mjs';
import { openStream, Screen, until } from '../stream.mjs';

let server;
let api;
const cookies = {};
const screens = [];
const names = ['zhoumingyuan', 'chengweimin', 'wangfang', 'madeshun', 'hanyumei', 'xuyizhou'];

async function start(options) {
  server = await startServer(options);
  api = await openApi(() => server);
}

before(async () => {
  await start();
  for (const name of names) cookies[name] = (await signIn(server.base, name)).cookie;
});
after(() => server.stop());

/** When the minute turns, each card that says how long ago something was is sent: no test begins shortly before. */
const MINUTE_MS = 60_000;
const LEFT_MS = 15_000; // a test takes a second, on a busy machine six

beforeEach(async () => {
  for (const screen of screens.splice(0)) screen.close();
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < LEFT_MS) await quiet(left + 500);
});

async function watching(who, page = 'home', query = '') {
  const screen = await new Screen(server.base, cookies[who], page, query).load();
  screens.push(screen);
  await screen.listen();
  assert.equal(screen.stream.status, 200, screen.stream.body);
  return screen;
}

const task = (id, title, assignee = 'wangfang') => ({ id, title, assignee, state: 'open', due: '2026-11-22T09:30:00+08:00' });
async function put(record, kind = 'task') {
  const path = `/api/v1/data/${kind}/${record.id}`;
  const old = await api(cookies.chengweimin, 'GET', path);
  const reply = await api(cookies.chengweimin, 'PUT', path, record, old.status === 200 ? { 'If-Match': old.headers.get('etag') } : { 'If-None-Match': '*' });
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
}
const metrics = async () => Object.fromEntries((await (await get(server.base, '/metrics')).text()).trim().split('\n').map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)]));
const quiet = (ms = 250) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** The screen shows what a fresh page shows. */
async function assertCurrent(screen) {
  const fresh = await new Screen(screen.base, screen.cookie, screen.page, screen.query).load();
  screen.take();
  assert.deepEqual([...screen.blocks.keys()].sort(), [...fresh.blocks.keys()].sort());
  for (const [id, html] of fresh.blocks) assert.equal(screen.blocks.get(id), html, id);
  assert.equal(screen.at, fresh.at, 'the token says the same as the page\'s');
}

/** The blocks that a fresh page shows otherwise than `before` did. */
async function changedSince(before, who, page = 'home', query = '') {
  const now = await new Screen(server.base, cookies[who], page, query).load();
  return [...now.blocks].filter(([id, html]) => before.get(id) !== html).map(([id]) => id).sort();
}
const sent = (events) => events.map((event) => `${event.type} ${event.block}`).sort();

test('a changed record is on the screens that show it, as fragments, and on no other', async () => {
  const hers = await watching('wangfang');
  const also = await watching('wangfang');
  const others = await Promise.all(['madeshun', 'hanyumei'].map((who) => watching(who)));
  const before = new Map(hers.blocks);
  await quiet();
  await put(task('live-1', 'Check the feeder of line 7'));
  for (const screen of [hers, also]) {
    await until(() => screen.stream.events.length, 'the event');
    const events = screen.take();
    assert.deepEqual(sent(events), (await changedSince(before, 'wangfang')).map((id) => `fragment ${id}`));
    const event = events.find((one) => one.block === 'todo');
    assert.equal(event.page, 'home');
    assert.ok(event.html.startsWith('<div class="b ') && event.html.includes('Check the feeder of line 7'));
    await assertCurrent(screen);
  }
  await quiet();
  for (const other of others) assert.deepEqual(other.stream.events, []);
});

test('a change outside everybody\'s reads costs no render', async () => {
  const screen = await watching('wangfang');
  await quiet();
  const earlier = await metrics();
  for (let i = 0; i < 20; i++) await put({ ...task(`done-${i}`, 'done', 'nobody-here'), state: 'done' });
  await quiet();
  const later = await metrics();
  assert.equal(later.pinban_live_renders_total, earlier.pinban_live_renders_total);
  assert.equal(later.pinban_live_wakes_total, earlier.pinban_live_wakes_total);
  assert.deepEqual(screen.stream.events, []);
});

test('a change that leaves the HTML as it was is not sent', async () => {
  await put(task('live-1', { zh: '巡视七号线', en: 'Inspect line 7' }));
  const screen = await watching('wangfang');
  await quiet();
  await put(task('live-1', { zh: '巡视七号线', en: 'She reads Chinese' }));
  await until(async () => (await metrics()).pinban_live_same_total > 0, 'the look');
  await quiet(100);
  assert.deepEqual(screen.stream.events, []);
});

test('her own settings reach her other windows as a page', async () => {
  const screen = await watching('wangfang');
  await post(server.base, '/me', { lang: 'en', scheme: 'dark', size: 'large' }, { cookie: cookies.wangfang });
  await until(() => screen.stream.events.length, 'the page');
  const [event] = screen.take();
  assert.deepEqual([event.type, event.lang, event.scheme, event.size], ['page', 'en', 'dark', 'large']);
  assert.match(event.title, /^Home|Workbench/);
  assert.match(event.sheet, /^\/t\/huaheng-jl\/[0-9a-f]+\.css$/);
  assert.match(event.html, /^<a class="skip".*<main id="main".*data-at="/s);
  await assertCurrent(screen);
  await post(server.base, '/me', { lang: 'zh', scheme: 'auto', size: 'normal' }, { cookie: cookies.wangfang });
  await until(() => screen.stream.events.length === 2, 'the page back');
  await assertCurrent(screen);
});

test('her own arrangement reaches her other windows, and nobody else', async () => {
  const screen = await watching('wangfang');
  const other = await watching('madeshun');
  const arrange = (fields) => post(server.base, '/arrange', { page: 'home', ...fields }, { cookie: cookies.wangfang });
  assert.equal((await arrange({ hide: 'apps' })).status, 303);
  await until(() => screen.stream.events.length, 'the page');
  assert.ok(!screen.take()[0].html.includes('id="b-apps"'));
  await assertCurrent(screen);
  await arrange({ restore: 'all' });
  await until(() => screen.stream.events.length === 2, 'the page back');
  await assertCurrent(screen);
  assert.deepEqual(other.stream.events, []);
});

test('a published layer reaches all below as a page', async () => {
  const below = await Promise.all(['wangfang', 'madeshun'].map((who) => watching(who)));
  const path = '/api/v1/tenants/huaheng/layers/home';
  const edit = async (verbs) => {
    const draft = await api(cookies.zhoumingyuan, 'GET', `${path}/draft`);
    const sent = await api(cookies.zhoumingyuan, 'POST', `${path}/draft/commands`, { base: draft.body.version, verbs }, { 'If-Match': draft.headers.get('etag') });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
    const done = await api(cookies.zhoumingyuan, 'POST', `${path}/draft/publish`, { reason: 'live' }, { 'If-Match': sent.headers.get('etag') });
    assert.equal(done.status, 200, JSON.stringify(done.body));
  };
  await edit([{ verb: 'set', block: 'page', at: '/title', value: { zh: '新标题', en: 'New title' } }]);
  for (const screen of below) {
    await until(() => screen.stream.events.length, 'the page');
    const [event] = screen.take();
    assert.equal(event.type, 'page');
    assert.match(event.title, /^新标题/);
    await assertCurrent(screen);
  }
});

test('a published theme reaches all below, and no other unit', async () => {
  const hers = await watching('wangfang');
  const others = await watching('madeshun');
  await quiet();
  const unit = '/api/v1/tenants/huaheng-jl/layers/theme';
  const draft = await api(cookies.chengweimin, 'GET', `${unit}/draft`);
  const verbs = [{ verb: 'token', name: 'color.accent', set: 'light', value: '#8a3a00' }];
  const sent = await api(cookies.chengweimin, 'POST', `${unit}/draft/commands`, { base: draft.body.version, verbs }, { 'If-Match': draft.etag });
  assert.equal(sent.status, 200, sent.text);
  const done = await api(cookies.chengweimin, 'POST', `${unit}/draft/publish`, { reason: 'live' }, { 'If-Match': sent.etag });
  assert.equal(done.status, 200, done.text);
  await until(() => hers.stream.events.length, 'the page');
  const [event] = hers.take();
  assert.equal(event.type, 'page');
  assert.match(await (await get(server.base, event.sheet)).text(), /--color-accent:#8a3a00/);
  await assertCurrent(hers);
  await quiet();
  assert.deepEqual(others.stream.events, []);
});

test('who comes back with her token gets only what changed meanwhile', async () => {
  const screen = await watching('wangfang');
  await quiet();
  screen.close();
  await until(() => screen.stream.ended, 'the end');
  await put(task('live-2', 'While she was away'));
  const before = new Map(screen.blocks);
  await screen.listen();
  await until(() => screen.stream.events.length, 'the event');
  const changed = await changedSince(before, 'wangfang');
  assert.ok(changed.includes('todo') && changed.length < 4);
  assert.deepEqual(sent(screen.take()), changed.map((id) => `fragment ${id}`));
  await assertCurrent(screen);
  screen.close();
  await screen.listen();
  await quiet();
  assert.deepEqual(screen.stream.events, [], 'nothing changed, so nothing comes');
});

test('the id of the last event counts more than the address', async () => {
  const screen = await watching('wangfang');
  const old = screen.at;
  await put(task('live-2', 'Another title'));
  await until(() => screen.stream.events.length, 'the event');
  screen.take();
  const again = openStream(server.base, cookies.wangfang, `page=home&at=${old}`, { 'Last-Event-ID': screen.at });
  await again.opened;
  await quiet();
  assert.deepEqual(again.events, []);
  again.close();
});

test('without a token, or with one of another page\'s state, the whole page comes', async () => {
  const stream = openStream(server.base, cookies.wangfang, 'page=home');
  await stream.opened;
  await until(() => stream.events.length, 'the page');
  assert.deepEqual(stream.events.map((event) => event.type), ['page']);
  stream.close();
});

test('several pages of one stream, each with its own parameters', async () => {
  const home = await new Screen(server.base, cookies.wangfang).load();
  const todo = await new Screen(server.base, cookies.wangfang, 'todo', 'todo=done').load();
  const stream = openStream(server.base, cookies.wangfang, `page=home&at=${home.at}&page=todo&at=${todo.at}&todo=done`);
  await stream.opened;
  await quiet();
  assert.deepEqual(stream.events, []);
  await put({ ...task('live-3', 'Done on both'), state: 'done' });
  await until(() => stream.events.length, 'the events');
  await quiet();
  for (const event of stream.events) assert.ok(['home', 'todo'].includes(event.page));
  assert.ok(stream.events.some((event) => event.page === 'todo'), JSON.stringify(stream.events.map((event) => [event.page, event.block])));
  assert.equal(stream.id.split('.').length, 2);
  stream.close();
});

test('one page twice on a stream, at two states: each event says which it is for', async () => {
  const old = await new Screen(server.base, cookies.wangfang, 'todo').load();
  await put(task('live-5', 'Between the two'));
  const now = await new Screen(server.base, cookies.wangfang, 'todo').load();
  assert.notEqual(now.at, old.at);
  const stream = openStream(server.base, cookies.wangfang, `page=todo&at=${now.at}&page=todo&at=${old.at}&todo=open`);
  await stream.opened;
  await until(() => stream.events.length, 'what the second lacks');
  await quiet();
  assert.deepEqual([...new Set(stream.events.map((event) => event.view))], [1]);
  stream.events.length = 0;
  await put(task('live-5', 'For both'));
  await until(() => stream.events.some((event) => event.view === 1), 'the second');
  await quiet();
  assert.deepEqual([...new Set(stream.events.map((event) => event.view))], [0, 1]);
  for (const event of stream.events) assert.match(event.html, /For both/);
  stream.close();
});

test('a page of several that is not there, or at a foreign state, is named', async () => {
  const home = await new Screen(server.base, cookies.wangfang).load();
  for (const [query, status, code, where] of [
    [`page=home&at=${home.at}&page=nowhere`, 404, 'layout.none', 'nowhere'],
    [`page=home&at=${home.at}&page=todo&at=${home.at}`, 403, 'live.token', 'todo'],
  ]) {
    const stream = openStream(server.base, cookies.wangfang, query);
    await stream.opened;
    const problem = JSON.parse(stream.body);
    assert.deepEqual([stream.status, problem.code, problem.where], [status, code, where]);
  }
});

test('what pages need only in trouble is a file of its own in their language, kept for ever', async () => {
  const html = await (await get(server.base, '/w/home', cookies.wangfang)).text();
  const [, path] = html.match(/id="live-say"[^>]*data-aside="([^"]+)"/);
  assert.match(path, /^\/i\/[0-9a-f]+\.zh\.html$/);
  assert.ok(!html.includes('<dialog'));
  const reply = await get(server.base, path, cookies.wangfang);
  assert.match(reply.headers.get('cache-control'), /immutable/);
  const aside = await reply.text();
  for (const part of ['id="live"', 'act-refused', '<dialog', '登录已失效']) assert.ok(aside.includes(part), part);
  const english = await get(server.base, path.replace('.zh.', '.en.'), cookies.wangfang);
  assert.equal(english.headers.get('cache-control'), 'no-cache', 'an address of another version is not kept');
  assert.match(await english.text(), /You are no longer signed in/);
});

test('a session that ended is told so and hears no more', async () => {
  const { cookie } = await signIn(server.base, 'wangfang');
  const screen = await new Screen(server.base, cookie).load();
  await screen.listen();
  await quiet();
  await post(server.base, '/sign-out', {}, { cookie });
  await until(() => screen.stream.ended, 'the end');
  assert.deepEqual(screen.take().map((event) => [event.type, event.why]), [['gone', 'signed-out']]);
  const again = openStream(server.base, cookie, `page=home&at=${screen.at}`);
  await again.opened;
  assert.deepEqual([again.status, JSON.parse(again.body).code], [401, 'live.session']);
});

test('what is no stream is an answer that says why', async () => {
  const hers = await new Screen(server.base, cookies.wangfang).load();
  const cases = [
    [cookies.madeshun, `page=home&at=${hers.at}`, 403, 'live.token'], [cookies.wangfang, `page=todo&at=${hers.at}`, 403, 'live.token'],
    [cookies.wangfang, 'page=home&at=%00', 403, 'live.token'], [cookies.wangfang, `page=home&at=${hers.at.slice(0, -2)}`, 403, 'live.token'],
    [cookies.wangfang, `page=home&at=${'A'.repeat(3000)}`, 403, 'live.token'], [cookies.wangfang, 'page=nowhere', 404, 'layout.none'],
    [cookies.wangfang, '', 400, 'live.page'], [cookies.wangfang, 'at=x', 400, 'live.page'], [cookies.wangfang, 'page=', 400, 'live.page'],
    [cookies.wangfang, `page=home&x=${'y'.repeat(400)}`, 400, 'live.page'], [cookies.wangfang, 'page=home&'.repeat(9), 400, 'live.page'],
    ['', 'page=home', 401, 'live.session'], ['sid=nonsense', 'page=home', 401, 'live.session'],
  ];
  for (const [cookie, query, status, code] of cases) {
    const stream = openStream(server.base, cookie, query);
    await stream.opened;
    assert.deepEqual([stream.status, JSON.parse(stream.body).code], [status, code], query.slice(0, 60));
    assert.match(stream.reply.headers['content-type'], /problem\+json/);
  }
  assert.equal((await fetch(`${server.base}/live?page=home`, { method: 'HEAD', headers: { cookie: cookies.wangfang } })).status, 400);
});

test('a person has at most eight streams', async () => {
  const streams = Array.from({ length: 8 }, () => openStream(server.base, cookies.xuyizhou, 'page=home'));
  await Promise.all(streams.map((stream) => stream.opened));
  const ninth = openStream(server.base, cookies.xuyizhou, 'page=home');
  await ninth.opened;
  assert.deepEqual([ninth.status, JSON.parse(ninth.body).code], [429, 'live.streams']);
  assert.equal(ninth.reply.headers['retry-after'], '5');
  const other = await watching('hanyumei');
  assert.equal(other.stream.status, 200);
  streams[0].close();
  const tenth = await until(async () => {
    const stream = openStream(server.base, cookies.xuyizhou, 'page=home');
    await stream.opened;
    return stream.status === 200 && stream;
  }, 'a free place');
  for (const stream of [...streams, tenth]) stream.close();
});

test('a stream also opens on a connection that was used before', async () => {
  const { hostname, port } = new URL(server.base);
  const socket = connect(port, hostname);
  let text = '';
  socket.on('data', (bytes) => { text += bytes; });
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  await until(() => text.includes('"ok"'), 'the first reply');
  text = '';
  socket.write(`GET /live?page=home HTTP/1.1\r\nHost: ${hostname}\r\nCookie: ${cookies.madeshun}\r\n\r\n`);
  await until(() => text.includes('event: page') && text.endsWith('\n\n'), 'the page');
  await post(server.base, '/me', { scheme: 'dark' }, { cookie: cookies.madeshun });
  await until(() => text.split('event: page').length === 3, 'the second page');
  await post(server.base, '/me', { scheme: 'auto' }, { cookie: cookies.madeshun });
  socket.destroy();
});

test('clients that vanish are forgotten at once', async () => {
  await until(async () => (await metrics()).pinban_streams === 0, 'silence');
  const streams = await Promise.all(['wangfang', 'madeshun', 'hanyumei'].map((who) => openStream(server.base, cookies[who], 'page=home').opened));
  await until(async () => (await metrics()).pinban_streams === 3, 'three streams');
  for (const stream of streams) stream.request.socket.resetAndDestroy();
  await until(async () => (await metrics()).pinban_streams === 0, 'none');
  assert.equal((await metrics()).pinban_live_spots, 0);
});

test('a client that reads nothing skips to the newest and delays nobody', async () => {
  const { hostname, port } = new URL(server.base);
  const slow = connect({ port, host: hostname });
  slow.write(`GET /live?page=home HTTP/1.1\r\nHost: ${hostname}\r\nCookie: ${cookies.wangfang}\r\n\r\n`);
  slow.pause();
  const quick = await watching('wangfang');
  await quiet();
  const before = (await metrics()).pinban_live_skipped_total;
  const settings = (i) => post(server.base, '/me', { scheme: i % 2 ? 'dark' : 'light' }, { cookie: cookies.wangfang });
  let n = 0;
  await until(async () => {
    for (let i = 0; i < 20; i++) await settings(n++);
    return (await metrics()).pinban_live_skipped_total > before;
  }, 'a skip', 30000);
  await until(() => quick.take() && quick.stream.events.at(-1)?.scheme === (n % 2 ? 'light' : 'dark'), 'the quick one is current');
  let text = '';
  slow.on('data', (bytes) => { text += bytes; });
  slow.resume();
  const last = `"scheme":"${n % 2 ? 'light' : 'dark'}"`;
  await until(() => text.endsWith('\n\n') && text.lastIndexOf('"scheme":') === text.lastIndexOf(last), 'the slow one is current');
  const got = text.split('event: page').length - 1;
  assert.ok(got < n, `${got} of ${n} pages were sent`);
  slow.destroy();
  await post(server.base, '/me', { scheme: 'auto' }, { cookie: cookies.wangfang });
});

test('a stream that has nothing to say beats, and a client that takes nothing is let go', { timeout: 60000 }, async () => {
  const { hostname, port } = new URL(server.base);
  const stuck = connect({ port, host: hostname });
  stuck.write(`GET /live?page=home HTTP/1.1\r\nHost: ${hostname}\r\nCookie: ${cookies.wangfang}\r\n\r\n`);
  stuck.pause();
  const { pinban_live_skipped_total: skipped } = await metrics();
  await until(async () => {
    for (let i = 0; i < 20; i++) await post(server.base, '/me', { scheme: i % 2 ? 'dark' : 'light' }, { cookie: cookies.wangfang });
    return (await metrics()).pinban_live_skipped_total > skipped;
  }, 'a stream that is full', 30000);
  const silent = await watching('hanyumei', 'apps'); // nothing on it says how long ago it was
  await quiet();
  const { pinban_streams_reaped_total: reaped } = await metrics();
  const heard = silent.stream.comments;
  await until(() => silent.stream.comments > heard, 'a beat', 25000);
  await until(async () => (await metrics()).pinban_streams_reaped_total > reaped, 'the end of the stuck one', 25000);
  assert.equal(silent.stream.ended, false);
  assert.deepEqual(silent.stream.events, []);
  stuck.destroy();
  await post(server.base, '/me', { scheme: 'auto' }, { cookie: cookies.wangfang });
});

test('the server stops at once with streams open, and a token still counts after its restart', async () => {
  const screen = await watching('wangfang');
  const other = await watching('hanyumei');
  await quiet();
  const began = Date.now();
  assert.equal(await server.stop({ keep: true }), 0);
  assert.ok(Date.now() - began < 3000);
  await until(() => screen.stream.ended && other.stream.ended, 'both ends');
  await start({ data: server.folder });
  await put(task('live-4', 'After the restart'));
  for (const one of [screen, other]) {
    one.base = server.base;
    await one.listen();
  }
  await until(() => screen.stream.events.length, 'the event');
  const before = new Map(screen.blocks);
  assert.deepEqual(sent(screen.take()), (await changedSince(before, 'wangfang')).map((id) => `fragment ${id}`));
  await assertCurrent(screen);
  await quiet();
  assert.deepEqual(other.stream.events, []);
});
