// What comes by the clock: connectors that fetch from another server, which misbehaves, and jobs of packages.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openApi } from '../api.mjs';
import { run, scratch, signIn, startServer } from '../harness.mjs';

const folder = scratch();
const sources = '127.0.0.2,localhost';
const secret = 'Bearer s3cret-of-the-source';
const asked = [];
let source;
let at;
let server;
let api;
let cookie;
let other;

// The source lies at 127.0.0.2; 127.0.0.1, where the engine itself listens, is not on the list.
const pages = {
  '/load': (request, reply) => {
    if (request.headers['if-none-match'] === '"v1"') return reply.writeHead(304).end();
    reply.setHeader('ETag', '"v1"');
    return reply.end(JSON.stringify({ data: { rows: [{ code: 'fed-1', label: '一号', reading: { now: 41.5 } }, { code: 'fed-2', label: '二号', reading: { now: 7 } }] } }));
  },
  '/secret': (request, reply) => (request.headers.authorization === secret ? pages['/load'](request, reply) : reply.writeHead(401).end()),
  '/away': (request, reply) => reply.writeHead(302, { Location: `http://127.0.0.1:${source.address().port}/load` }).end(),
  '/inside': (request, reply) => reply.writeHead(302, { Location: `http://localhost:${source.address().port}/load` }).end(),
  '/file': (request, reply) => reply.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
  '/round': (request, reply) => reply.writeHead(302, { Location: '/round' }).end(),
  // a redirect's own mark is none of the document's
  '/marked': (request, reply) => reply.writeHead(307, { Location: 'plain', ETag: '"hop"' }).end(),
  '/plain': (request, reply) => reply.end(JSON.stringify({ data: { rows: [{ code: 'fed-3', label: '三号', reading: { now: asked.length } }] } })),
  '/many': (request, reply) => reply.end(JSON.stringify({ data: { rows: Array(100001).fill(0) } })),
  '/hop': (request, reply) => reply.writeHead(307, { Location: 'load' }).end(),
  '/broken': (request, reply) => reply.writeHead(500).end('oops'),
  '/html': (request, reply) => reply.end('<html>'),
  '/elsewhere': (request, reply) => reply.end('{"rows":[]}'),
  '/bad': (request, reply) => reply.end(JSON.stringify({ data: { rows: [{ code: 'good', label: 'x', reading: { now: 1 } }, { code: 'bad', label: 'x', reading: { now: 'many' } }] } })),
  '/endless': (request, reply) => { const chunk = Buffer.alloc(1 << 16, 0x20); const more = () => { while (!reply.destroyed && reply.write(chunk)); reply.once('drain', more); }; more(); },
  '/odd': (request, reply) => reply.end('{"a/b":{"c~d":[1],"e":{"f":[]}},"n":1}'),
  '/slow': () => {},
};

before(async () => {
  source = createServer((request, reply) => {
    asked.push({ url: request.url, headers: request.headers });
    pages[request.url](request, reply);
  });
  await new Promise((resolve) => { source.listen(0, '0.0.0.0', resolve); });
  at = `http://127.0.0.2:${source.address().port}`;
  await start();
});
after(async () => {
  await server.stop();
  source.closeAllConnections();
  source.close();
});

async function start() {
  server = await startServer({ data: folder, args: ['--sources', sources] });
  cookie = (await signIn(server.base, 'zhoumingyuan')).cookie;
  other = (await signIn(server.base, 'chengweimin')).cookie;
  api = await openApi(() => server);
}

const admin = (method, path, body, headers) => api(cookie, method, path, body, headers);
const connector = (path, more = {}) => ({
  title: { zh: '负荷', en: 'Load' }, collection: 'metric', url: path.startsWith('http') ? path : at + path, rows: '/data/rows',
  map: { id: '/code', name: '/label', value: '/reading/now', unit: { value: 'MW' } }, schedule: '0 4 * * *', ...more,
});
const put = (id, value) => admin('PUT', `/api/v1/connectors/${id}`, value);

const attempt = (id, value, who = admin) => who('POST', `/api/v1/connectors/${id}/try`, value);

/** Runs a job now and gives what came of it. */
async function outcome(job, who = admin) {
  const before = (await who('GET', `/api/v1/jobs/${job}`)).body.runs.length;
  assert.equal((await who('POST', `/api/v1/jobs/${job}/run`)).status, 200);
  for (let i = 0; i < 150; i++) {
    const { body } = await who('GET', `/api/v1/jobs/${job}`);
    if (body.runs.length > before) return { ...body.runs[0], job: body };
    await wait(200);
  }
  return assert.fail('the job did not run');
}

test('a connector brings records, asks only for what has changed, and says when they came', async () => {
  const made = await put('load', connector('/load'));
  assert.equal(made.status, 200, made.text);
  const first = await outcome(made.body.job);
  assert.equal(first.outcome, 'done', JSON.stringify(first));
  assert.deepEqual([JSON.parse(first.text).created, JSON.parse(first.text).rows], [2, 2]);
  const { body } = await admin('GET', '/api/v1/data/metric/fed-1');
  assert.deepEqual(body, { id: 'fed-1', name: '一号', value: 41.5, unit: 'MW' });
  const second = await outcome(made.body.job);
  assert.deepEqual([second.outcome, second.text], ['done', 'unchanged']);
  assert.equal(asked.at(-1).headers['if-none-match'], '"v1"');
  const fresh = (await admin('GET', '/api/v1/data')).body.items.find((one) => one.name === 'metric').fresh;
  assert.deepEqual([fresh.by, fresh.at >= second.at], ['connector:load', true]);
  await put('load', connector('/hop'));
  assert.equal(JSON.parse((await outcome(made.body.job)).text).unchanged, 2, 'a changed connector asks for all again');
});

test('the mark of a redirect is not taken for the document\'s', async () => {
  const made = await put('marked', connector('/marked'));
  assert.equal((await outcome(made.body.job)).outcome, 'done');
  assert.equal((await outcome(made.body.job)).outcome, 'done');
  assert.deepEqual(asked.filter((one) => one.url === '/marked').map((one) => one.headers['if-none-match']), [undefined, undefined]);
});

test('a source that misbehaves is told in the history, writes nothing, and delays nobody', async () => {
  const cases = [
    ['/broken', 'fetch.status'], ['/html', 'doc.syntax'], ['/elsewhere', 'feed.rows'], ['/away', 'fetch.host'], ['/inside', 'fetch.address'], ['/file', 'fetch.url'],
    ['/round', 'fetch.redirect'], ['/endless', 'fetch.large'], ['/bad', 'data.rows'], ['/many', 'data.large'], [`http://localhost:${source.address().port}/load`, 'fetch.address'],
  ];
  for (const [path, code] of cases) {
    const made = await put('mischief', connector(path));
    assert.equal(made.status, 200, made.text);
    const { outcome: how, code: why, text } = await outcome(made.body.job);
    assert.deepEqual([how, why], ['failed', code], `${path}: ${text}`);
  }
  assert.equal((await admin('GET', '/api/v1/data/metric/good')).status, 404);
  const skipping = await put('mischief', connector('/bad', { errors: 'skip' }));
  assert.equal(JSON.parse((await outcome(skipping.body.job)).text).skipped, 1);
});

test('while sources hang, others run and everybody is answered', async () => {
  const hanging = [];
  for (let i = 0; i < 3; i++) hanging.push((await put(`slow-${i}`, connector('/slow'))).body.job);
  for (const job of hanging) await admin('POST', `/api/v1/jobs/${job}/run`);
  const tries = Array.from({ length: 4 }, () => attempt('tried', connector('/slow')));
  await wait(1000);
  const fifth = await attempt('tried', connector('/load'));
  assert.deepEqual([fifth.status, fifth.body.code], [503, 'feed.busy']);
  const began = Date.now();
  const made = await put('quick', connector('/load'));
  assert.equal((await outcome(made.body.job)).outcome, 'done');
  assert.equal((await admin('GET', '/api/v1/data/metric?limit=1')).status, 200);
  assert.ok(Date.now() - began < 10000);
  for (let i = 0; i < 150 && (await admin('GET', `/api/v1/jobs/${hanging[0]}`)).body.runs.length === 0; i++) await wait(200);
  const { body } = await admin('GET', `/api/v1/jobs/${hanging[0]}`);
  assert.deepEqual([body.runs.length, body.runs[0].code, body.failures], [1, 'fetch.time', 1], 'it ran once, and ended');
  assert.deepEqual((await Promise.all(tries)).map((tried) => tried.body.code), Array(4).fill('fetch.time'));
  assert.equal((await attempt('tried', connector('/load'))).status, 200);
});

test('a secret is told to its source alone, and to nobody else again', async () => {
  const header = { name: 'Authorization', value: secret };
  const made = await put('sealed', connector('/secret', { header }));
  assert.equal(made.status, 200, made.text);
  assert.equal((await outcome(made.body.job)).outcome, 'done');
  assert.deepEqual(made.body.header, { name: 'Authorization' });
  assert.ok(!(await admin('GET', '/api/v1/connectors')).text.includes('s3cret'));
  const kept = await put('sealed', connector('/secret', { header: { name: 'Authorization' }, schedule: '5 4 * * *' }));
  assert.equal((await outcome(kept.body.job)).outcome, 'done', 'without a value the secret stays');
  const stolen = await put('sealed', connector(`http://localhost:${source.address().port}/load`, { header: { name: 'Authorization' } }));
  assert.deepEqual([stolen.status, stolen.body.code], [400, 'feed.secret']);
  await put('sealed', connector('/inside', { header }));
  await outcome(made.body.job);
  for (const one of asked.filter((call) => call.url === '/load')) assert.equal(one.headers.authorization, undefined);
  assert.ok(!server.log().includes('s3cret'));
  for (const file of readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile())) assert.ok(!readFileSync(join(folder, file)).includes('s3cret'), `${file} holds the secret`);
  assert.equal(statSync(join(folder, 'key')).mode & 0o777, 0o600);
});

test('a connector that makes no sense is refused', async () => {
  const cases = [
    [connector('/load', { collection: 'grant' }), 'feed.collection'], [connector('/load', { collection: 'nothing' }), 'feed.collection'],
    [connector('http://127.0.0.1/'), 'fetch.host'], [connector('http://10.0.0.1/'), 'fetch.host'], [connector('http://[::1]/'), 'fetch.host'],
    [connector('http://169.254.169.254/latest'), 'fetch.host'], [connector('http://2130706433/'), 'fetch.host'], [connector('http://0x7f.1/'), 'fetch.host'],
    [connector('http://elsewhere.example/'), 'fetch.host'], [connector('ftp://localhost/'), 'fetch.url'], [connector('http://me:pw@localhost/'), 'fetch.url'],
    [connector('/load', { map: { id: 'code' } }), 'feed.map'], [connector('/load', { rows: 'data' }), 'feed.map'], [connector('/load', { map: {} }), 'desk.body'],
    [connector('/load', { schedule: '* * *' }), 'job.schedule'], [connector('/load', { schedule: '61 * * * *' }), 'job.schedule'], [connector('/load', { schedule: '0 0 30 2 *' }), 'job.never'],
    [connector('/load', { zone: 'Mars/Base' }), 'job.zone'], [connector('/load', { header: { name: 'A b', value: 'x' } }), 'feed.secret'], [connector('/load', { header: { name: 'A', value: 'x\r\nB: y' } }), 'feed.secret'],
    ...['Host', 'transfer-encoding', 'Content-Length', 'If-None-Match'].map((name) => [connector('/load', { header: { name, value: 'x' } }), 'feed.secret']),
    [connector('/load', { header: { name: 'A' } }), 'feed.secret'], [{ ...connector('/load'), secret: 'x' }, 'desk.body'],
  ];
  for (const [value, code] of cases) {
    const reply = await put('nonsense', value);
    assert.ok([400, 403].includes(reply.status) && reply.body.code === code, `${JSON.stringify(value).slice(0, 200)}: ${reply.text}`);
  }
  assert.ok(!(await admin('GET', '/api/v1/connectors')).body.items.some((one) => one.id === 'nonsense'));
});

test('a connector is tried before it is kept: what came, what becomes of it, what does not fit', async () => {
  const { status, body } = await attempt('tried', connector('/load'));
  assert.deepEqual([status, body], [200, {
    rows: 2, bad: 0, errors: [], sample: [{ code: 'fed-1', label: '一号', reading: { now: 41.5 } }, { code: 'fed-2', label: '二号', reading: { now: 7 } }],
    records: [{ id: 'fed-1', name: '一号', value: 41.5, unit: 'MW' }, { id: 'fed-2', name: '二号', value: 7, unit: 'MW' }],
  }]);
  const bad = (await attempt('tried', connector('/bad'))).body;
  assert.deepEqual([bad.rows, bad.bad, bad.errors.map(({ row, where }) => [row, where])], [2, 1, [[2, '/value']]]);
  assert.equal(bad.errors[0].said, '数据不符合集合的要求');
  const connectors = (await admin('GET', '/api/v1/connectors')).body.items;
  assert.equal(connectors.some(({ id }) => id === 'tried'), false, 'nothing is kept');
  assert.equal((await admin('GET', '/api/v1/data/metric/fed-never')).status, 404);
});

test('where no list stands, the places of those there are are told', async () => {
  const { status, body } = await attempt('tried', connector('/load', { rows: '/rows' }));
  assert.deepEqual([status, body], [200, { lists: ['/data/rows'] }]);
  assert.deepEqual((await attempt('tried', connector('/odd'))).body, { lists: ['/a~1b/c~0d', '/a~1b/e/f'] });
  assert.deepEqual((await attempt('tried', connector('/html'))).body.code, 'doc.syntax');
  assert.deepEqual((await attempt('tried', connector('/many'))).body.code, 'data.large');
  assert.deepEqual((await attempt('tried', connector('/broken'))).body.code, 'fetch.status');
});

test('a secret that is kept goes to its source alone, also when one tries', async () => {
  const header = { name: 'Authorization', value: secret };
  assert.equal((await attempt('guarded', connector('/secret', { header }))).body.rows, 2);
  assert.equal((await put('guarded', connector('/secret', { header }))).status, 200);
  const kept = { header: { name: 'Authorization' } };
  assert.equal((await attempt('guarded', connector('/secret', kept))).body.rows, 2);
  const elsewhere = connector(`http://localhost:${source.address().port}/secret`, kept);
  assert.equal((await attempt('guarded', elsewhere)).body.code, 'feed.secret');
  assert.equal((await attempt('unknown', connector('/secret', kept))).body.code, 'feed.secret');
});

test('what may not be asked is not tried, and nobody else tries', async () => {
  const inside = await attempt('tried', connector(`http://127.0.0.1:${source.address().port}/load`));
  assert.ok(['fetch.host', 'fetch.address'].includes(inside.body.code), inside.body.code);
  assert.equal((await attempt('tried', connector('/load'), (method, path, body) => api(other, method, `${path}?tenant=huaheng`, body))).body.code, 'auth.right');
});

test('only who feeds the unit sees and changes what comes into it', async () => {
  const { cookie: sunlei } = await signIn(server.base, 'sunlei');
  const [{ job }] = (await admin('GET', '/api/v1/connectors')).body.items;
  const calls = [['GET', '/api/v1/connectors'], ['PUT', '/api/v1/connectors/x', connector('/load')], ['DELETE', '/api/v1/connectors/load'], ['GET', '/api/v1/jobs'],
    ['GET', `/api/v1/jobs/${job}`], ['POST', `/api/v1/jobs/${job}/run`], ['POST', `/api/v1/jobs/${job}/pause`], ['POST', `/api/v1/jobs/${job}/resume`]];
  for (const [method, path, body] of calls) {
    assert.equal((await api(sunlei, method, path, body)).body.code, 'auth.right', `${method} ${path}`);
    assert.equal((await api(other, method, `${path}?tenant=huaheng`, body)).body.code, 'auth.right', `${method} ${path}`);
  }
  assert.equal((await api(other, 'GET', `/api/v1/jobs/${job}`)).body.code, 'job.none', 'it is not of his unit');
  assert.equal((await api(other, 'POST', `/api/v1/jobs/${job}/run`)).body.code, 'job.none');
  assert.equal((await api(other, 'DELETE', '/api/v1/connectors/load')).body.code, 'feed.none');
});

test('a package\'s job runs at its time and when told to, pauses, and survives a restart', async () => {
  await server.stop({ keep: true });
  const dir = join(scratch(), 'clockwork');
  mkdirSync(join(dir, 'jobs'), { recursive: true });
  writeFileSync(join(dir, 'package.lua'), 'return { name = "clockwork", version = "1.0.0", title = { zh = "定时", en = "Clockwork" } }');
  writeFileSync(join(dir, 'jobs/tick.lua'), `return { title = { zh = "计数", en = "Count" }, schedule = "* * * * *", needs = { "read:metric", "write:metric" },
    run = function(ctx)
      local metric = ctx.data.get("metric", "ticks")
      ctx.data.put("metric", { id = "ticks", name = "ticks", value = (metric and metric.value or 0) + 1 })
      return "counted"
    end }`);
  writeFileSync(join(dir, 'jobs/sneak.lua'), `return { schedule = "0 0 1 1 *", needs = { "read:metric" },
    run = function(ctx) ctx.data.put("metric", { id = "sneak", name = "x", value = 1 }) end }`);
  writeFileSync(join(dir, 'jobs/spin.lua'), 'return { schedule = "0 0 1 1 *", run = function(ctx) while true do end end }');
  const installed = await run(['package', 'install', dir, '--data', folder]);
  assert.equal(installed.code, 0, installed.err);
  await start();
  const jobs = (await admin('GET', '/api/v1/jobs')).body.items.filter((one) => one.kind === 'script');
  assert.deepEqual(jobs.map((one) => one.name).sort(), ['clockwork/sneak', 'clockwork/spin', 'clockwork/tick']);
  const [sneak, spin, tick] = ['sneak', 'spin', 'tick'].map((name) => jobs.find((one) => one.name.endsWith(name)).id);
  assert.equal(jobs.find((one) => one.id === tick).zone, 'Asia/Shanghai');
  const first = await outcome(tick);
  assert.deepEqual([first.outcome, first.text], ['done', 'counted']);
  const value = async () => (await admin('GET', '/api/v1/data/metric/ticks')).body.value;
  const n = await value();
  assert.ok(n >= 1);
  const paused = await admin('POST', `/api/v1/jobs/${tick}/pause`);
  assert.deepEqual([paused.body.paused, paused.body.next], [true, undefined]);
  assert.deepEqual([(await outcome(sneak)).code, (await outcome(spin)).outcome], ['action.need', 'failed']);
  assert.equal((await admin('GET', '/api/v1/data/metric/sneak')).status, 404);
  const { job } = await outcome(spin);
  assert.equal(job.failures, 2);
  const [told] = (await admin('GET', '/api/v1/tenants/huaheng/audit?limit=1&component=clockwork/tick')).body.items;
  assert.deepEqual([told.action, told.person, told.block, told.touched], ['run', undefined, undefined, ['metric/ticks']], 'nobody did it');
  await server.stop({ keep: true });
  await start();
  const after = (await admin('GET', '/api/v1/jobs')).body.items.find((one) => one.id === tick);
  assert.deepEqual([after.paused, after.last.outcome], [true, 'done'], 'what people said and how it went outlive a restart');
  assert.equal((await outcome(tick)).job.paused, true, 'told to, a paused job runs once');
  const resumed = await admin('POST', `/api/v1/jobs/${tick}/resume`);
  assert.match(resumed.body.next, /:00Z$/);
  assert.ok(Date.parse(resumed.body.next) - Date.now() <= 60000);
});

test('a connector is taken away with its job', async () => {
  const { job } = (await admin('GET', '/api/v1/connectors')).body.items.find((one) => one.id === 'load');
  assert.equal((await admin('DELETE', '/api/v1/connectors/load')).status, 204);
  assert.equal((await admin('GET', `/api/v1/jobs/${job}`)).body.code, 'job.none');
  assert.equal((await admin('DELETE', '/api/v1/connectors/load')).status, 404);
  assert.equal((await admin('GET', '/api/v1/data/metric/fed-1')).status, 200, 'its records stay');
});
