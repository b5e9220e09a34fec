// People act on a page: with forms alone and with scripts, once however often it is sent, within what they may.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, get, post, run, scratch, signIn, startServer } from '../harness.mjs';

let server;
let cookie;
let document;
before(async () => {
  server = await startServer();
  cookie = (await signIn(server.base, 'wangfang')).cookie;
  document = await (await get(server.base, '/api/v1/openapi.json', cookie)).json();
});
after(() => server.stop());

const page = async (path, who = cookie) => (await get(server.base, path, who)).text();
const act = (fields, headers = {}) => post(server.base, '/act', fields, { cookie, ...headers });
/** As a script sends it: [status, body]. */
async function script(fields, headers = {}) {
  const reply = await act(fields, { Accept: 'application/json', ...headers });
  return [reply.status, JSON.parse(reply.text), reply];
}
const memo = (text, more = {}) => ({ page: 'todo', block: 'memo', action: 'add', 'input.text': text, ...more });
const times = (html, text) => html.split(text).length - 1;
/** The fields of the first form of that action on a page. */
function form(html, action) {
  const found = html.split('<form method="post" action="/act"').slice(1).map((rest) => rest.split('</form>')[0])
    .find((rest) => rest.includes(`data-action="${action}"`));
  return Object.fromEntries([...found.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}
const figure = async (name) => Number((await page('/metrics')).match(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\d+)$`, 'm'))[1]);

test('a form without script does what its button says, and comes back to the page it stood on', async () => {
  const fields = form(await page('/w/home'), 'done');
  assert.deepEqual(Object.keys(fields), ['page', 'block', 'action', 'input.id']);
  assert.deepEqual([fields.page, fields.block, fields.action], ['home', 'todo', 'done']);
  const reply = await act(fields, { Referer: `${server.base}/w/home?todo=open` });
  assert.deepEqual([reply.status, reply.headers.location], [303, '/w/home?todo=open#b-todo']);
  assert.ok(!(await page('/w/home')).includes(`value="${fields['input.id']}"`));
  assert.ok((await page('/w/todo?todo=done')).includes(`value="${fields['input.id']}"`));
  assert.equal((await act({ ...fields, action: 'undo' })).headers.location, '/w/home#b-todo');
  assert.ok((await page('/w/home?todo=open')).includes(`value="${fields['input.id']}"`));
});

test('a way back is only ever one of our pages', async () => {
  for (const from of ['http://evil.example/w/x', `${server.base}//evil.example`, 'nonsense', `${server.base}/sign-out`]) {
    const { location } = (await act({ page: 'todo', block: 'memo', action: 'remove', 'input.id': 'none' }, { Referer: from })).headers;
    assert.match(location, /^\/w\/[a-z?=]*#b-memo$/, from);
  }
});

test('a script gets the result, the revision, and the block as it is now', async () => {
  const [status, reply] = await script(memo('带安全帽', { 'input.important': 'true' }), { 'Idempotency-Key': randomUUID() });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(reply), ['result', 'revision', 'block', 'html', 'replayed']);
  assert.equal(reply.block, 'memo');
  assert.equal(reply.replayed, false);
  assert.match(reply.result.id, /^[0-9a-z]{26}$/);
  assert.match(reply.html, /^<div class="b b-full" id="b-memo">.*带安全帽.*<\/div>$/s);
  assert.ok((await page('/w/todo')).includes(reply.html), 'the page shows the same block');
});

test('the page\'s own parameters count for the block that comes back', async () => {
  await script(form(await page('/w/home'), 'done'));
  const undo = form(await page('/w/home?todo=done'), 'undo');
  const reply = await post(server.base, '/act?todo=done', undo, { cookie, Accept: 'application/json' });
  assert.match(JSON.parse(reply.text).html, /todo=done#b-todo" aria-current="true"/);
});

test('with one key it is done once: repeated, at the same time, and after a restart of the client', async () => {
  const key = randomUUID();
  const fields = memo('只记一次');
  const replies = await Promise.all(Array.from({ length: 12 }, () => script(fields, { 'Idempotency-Key': key })));
  assert.deepEqual([...new Set(replies.map(([status]) => status))], [200]);
  assert.equal(new Set(replies.map(([, reply]) => reply.result.id)).size, 1);
  assert.equal(replies.filter(([, reply]) => !reply.replayed).length, 1);
  const [, later] = await script({ ...fields, key });
  assert.deepEqual([later.replayed, later.result], [true, replies[0][1].result]);
  assert.equal(times(await page('/w/todo'), '> 只记一次<'), 1);
});

test('the same key with something else to do is refused, for others it is another key', async () => {
  const key = randomUUID();
  assert.equal((await script(memo('甲', { actor: 'huaheng-jl/wangfang' }), { 'Idempotency-Key': key }))[0], 200);
  const [status, problem] = await script(memo('乙'), { 'Idempotency-Key': key });
  assert.deepEqual([status, problem.code], [409, 'action.key']);
  assert.ok(!(await page('/w/todo')).includes('> 乙<'));
  const other = (await signIn(server.base, 'hanyumei')).cookie;
  const [status2, reply] = await script(memo('乙'), { 'Idempotency-Key': key, cookie: other });
  assert.deepEqual([status2, reply.replayed], [200, false]);
  for (const bad of ['a'.repeat(129), '中', 'a b']) {
    const [code, why] = await script(memo('丙', { key: bad }));
    assert.deepEqual([code, why.code], [400, 'action.bad_key'], bad);
  }
});

test('without a key a form sent twice at once is one, and what was refused may be tried again', async () => {
  await Promise.all([act(memo('点了两下')), act(memo('点了两下'))]);
  assert.equal(times(await page('/w/todo'), '> 点了两下<'), 1);
  const key = randomUUID();
  assert.equal((await script(memo('', { key })))[0], 422);
  assert.equal((await script(memo('这回写了', { key })))[0], 200);
});

test('bad input has its own clear error, and nothing is written', async () => {
  const revision = await figure('pinban_store_revision');
  const fields = form(await page('/w/home'), 'done');
  for (const [bad, status, code, more = {}] of [
    [{ ...fields, action: 'burn' }, 404, 'action.none'],
    [{ ...fields, action: 'constructor' }, 404, 'action.none'],
    [{ ...fields, block: 'apps', action: 'done' }, 404, 'action.none'],
    [{ ...fields, block: 'nothing' }, 404, 'action.block'],
    [{ ...fields, block: 'party' }, 404, 'action.block'],
    [{ ...fields, page: 'nowhere' }, 404, 'layout.none'],
    [{ ...fields, page: '../home' }, 400, 'action.form'],
    [{ ...fields, block: '"><b>' }, 400, 'action.form'],
    [{}, 400, 'action.form'],
    [{ ...fields, 'input.id': 'not-hers' }, 422, 'action.refused'],
    [{ ...fields, 'input.id': '' }, 422, 'action.input'],
    [{ ...fields, 'input.id': 'x'.repeat(65) }, 422, 'action.input'],
    [{ ...fields, 'input.other': 'x' }, 422, 'action.input'],
    [memo('x'.repeat(201)), 422, 'action.input'],
    [memo('   '), 422, 'action.input'],
    [memo('x', { 'input.important': 'perhaps' }), 422, 'action.input'],
    [memo('x'), 400, 'action.match', { 'If-Match': 'yesterday' }],
    [memo('x'), 400, 'action.match', { 'If-Match': '"-1"' }],
    [memo('x', { actor: 'huaheng-jl/sunlei' }), 401, 'action.actor'],
    [memo('x', { actor: 'wangfang' }), 401, 'action.actor'],
    [memo('x'), 403, 'site.origin', { 'Sec-Fetch-Site': 'cross-site' }],
  ]) {
    const [got, problem, reply] = await script(bad, more);
    assert.deepEqual([got, problem.code], [status, code], JSON.stringify(bad));
    assert.equal(reply.headers['content-type'], 'application/problem+json');
  }
  const [, long] = await script(memo('x'.repeat(201)));
  assert.equal(long.where, '/text');
  assert.deepEqual(long.errors.map((error) => error.pointer), ['/text']);
  assert.equal(long.said, '填写的内容不符合要求，请检查后再提交');
  const nobody = await post(server.base, '/act', fields, { Accept: 'application/json' });
  assert.deepEqual([nobody.status, JSON.parse(nobody.text).code], [401, 'site.sign_in']);
  assert.equal((await post(server.base, '/act', fields)).headers.location, '/');
  assert.equal((await get(server.base, '/act', cookie)).status, 405);
  assert.equal(await figure('pinban_store_revision'), revision);
});

test('what fails without script is said in its block, once, in her language', async () => {
  const reply = await act({ page: 'todo', block: 'memo', action: 'remove', 'input.id': '<b>' });
  assert.deepEqual([reply.status, reply.headers.location], [303, '/w/todo#b-memo']);
  const said = reply.headers['set-cookie'][0].split(';')[0];
  const shown = await get(server.base, '/w/todo', `${cookie}; ${said}`);
  assert.match(await shown.text(), /<div class="b b-full" id="b-memo"><p class="said" role="alert">这条备忘已不存在<\/p>/);
  assert.match(shown.headers.get('set-cookie'), /^said=; Path=\/w; HttpOnly; SameSite=Lax; Max-Age=0/);
  assert.ok(!(await page('/w/todo')).includes('class="said"'));
  const english = (await signIn(server.base, 'elinsolberg')).cookie;
  const [, problem] = await script({ page: 'todo', block: 'memo', action: 'remove', 'input.id': 'x' }, { cookie: english });
  assert.deepEqual([problem.said, problem.where], ['This note is gone', 'gone']);
  for (const forged of ['zz', '6d', 'ff0a', '3c0a3c623e'])
    assert.ok(!(await (await get(server.base, '/w/todo', `${cookie}; said=${forged}`)).text()).includes('<b>'), forged);
});

test('If-Match: only while what the block looks at is as it was', async () => {
  const [, first] = await script(memo('第一条'));
  const match = (revision) => ({ 'If-Match': `"${revision}"` });
  const [again] = await script(memo('第二条'), match(first.revision));
  assert.equal(again, 200);
  const [stale, problem] = await script(memo('第三条'), match(first.revision));
  assert.deepEqual([stale, problem.code, problem.said], [412, 'action.stale', '内容刚刚更新过，请看过后再操作']);
  const other = (await signIn(server.base, 'hanyumei')).cookie;
  const [, now] = await script(memo('第四条'));
  await script(memo('别人的'), { cookie: other });
  assert.equal((await script(memo('第五条'), match(now.revision)))[0], 200, 'what others write elsewhere does not count');
});

test('nobody reaches another person\'s records, nor a block her page does not have', async () => {
  const fields = form(await page('/w/home'), 'done');
  const other = (await signIn(server.base, 'madeshun')).cookie;
  const [status, problem] = await script(fields, { cookie: other });
  assert.deepEqual([status, problem.code, problem.where], [422, 'action.refused', 'gone']);
  assert.ok((await page('/w/home')).includes(`value="${fields['input.id']}"`));
});

/* ---- the same through the API ---- */

const folder = scratch();
async function fits(reply) {
  const schema = reply.status === 200 ? 'ActionAnswer' : 'Problem';
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ $ref: `#/components/schemas/${schema}`, components: document.components }));
  writeFileSync(join(folder, 'reply.json'), reply.text);
  assert.equal(reply.headers['content-type'], reply.status === 200 ? 'application/json' : 'application/problem+json');
  const { code, out } = await run(['schema', 'check', join(folder, 'schema.json'), join(folder, 'reply.json')]);
  assert.equal(code, 0, `${reply.text}\n${out}`);
}
async function api(path, body, headers = {}) {
  const reply = await ask(server.base, { method: 'POST', path: `/api/v1/pages/${path}`, body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', cookie, 'Idempotency-Key': randomUUID(), ...headers } });
  await fits(reply);
  return [reply.status, JSON.parse(reply.text)];
}

test('the API does the same, with JSON as the input', async () => {
  const key = { 'Idempotency-Key': randomUUID() };
  const [status, reply] = await api('todo/blocks/memo/actions/add', { text: '接口写的', important: true }, key);
  assert.deepEqual([status, reply.replayed], [200, false]);
  const [, again] = await api('todo/blocks/memo/actions/add', { text: '接口写的', important: true }, key);
  assert.deepEqual([again.replayed, again.result], [true, reply.result]);
  assert.equal(times(await page('/w/todo'), '> 接口写的<'), 1);
  assert.deepEqual([(await api('todo/blocks/memo/actions/remove', { id: reply.result.id }))[0], times(await page('/w/todo'), '接口写的')], [200, 0]);
  for (const [path, body, headers, wanted, code] of [
    ['todo/blocks/memo/actions/burn', {}, {}, 404, 'action.none'],
    ['todo/blocks/none/actions/add', { text: 'x' }, {}, 404, 'action.block'],
    ['todo/blocks/memo/actions/add', { text: 7 }, {}, 422, 'action.input'],
    ['todo/blocks/memo/actions/add', [], {}, 400, 'desk.body'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { 'Idempotency-Key': '' }, 400, 'action.bad_key'],
    ['todo/blocks/memo/actions/add', { text: 'y' }, key, 409, 'action.key'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { 'If-Match': '"1"' }, 412, 'action.stale'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { 'If-Match': 'x' }, 400, 'action.match'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { 'If-Match': '"-1"' }, 400, 'action.match'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { cookie: '' }, 401, 'desk.sign_in'],
    ['todo/blocks/memo/actions/add', { text: 'x' }, { 'Sec-Fetch-Site': 'cross-site' }, 403, 'site.origin'],
  ]) {
    const [got, problem] = await api(path, body, headers);
    assert.deepEqual([got, problem.code], [wanted, code], `${path} ${JSON.stringify(body)}`);
  }
  const [, wrong] = await api('todo/blocks/memo/actions/add', { text: 7, more: 1 });
  assert.deepEqual(wrong.errors.map((error) => error.where).sort(), ['/more', '/text']);
});

test('many at once are all done, once each, in shared commits', async () => {
  const before = [await figure('pinban_actions_total{outcome="run"}'), await figure('pinban_commits_total')];
  const many = Array.from({ length: 120 }, (_, i) => script(memo(`批量 ${i}`, { key: randomUUID(), page: 'todo' })));
  const statuses = (await Promise.all(many)).map(([status]) => status);
  const done = statuses.filter((status) => status === 200).length;
  assert.ok(statuses.every((status) => [200, 422, 429].includes(status)), 'else only a full notebook or her own rate');
  assert.equal(await figure('pinban_actions_total{outcome="run"}') - before[0], done);
  assert.ok(done > 40);
  assert.ok(await figure('pinban_commits_total') - before[1] < done, 'commits are shared');
  assert.equal(await figure('pinban_actions_waiting'), 0);
  assert.equal(await figure('pinban_actions_in_writer'), 0);
});

test('a client that goes away harms nobody, and the server still ends well', async () => {
  const { hostname, port } = new URL(server.base);
  const body = new URLSearchParams(memo('走开的人')).toString();
  await Promise.all(Array.from({ length: 30 }, () => new Promise((resolve) => {
    const socket = connect(port, hostname, () => {
      socket.write(`POST /act HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`, () => socket.destroy());
    });
    socket.on('close', resolve);
    socket.on('error', resolve);
  })));
  let status = 429; // she has asked for much, and is let in again soon
  for (let i = 0; i < 50 && status === 429; i++) {
    await new Promise((done) => { setTimeout(done, 100); });
    ({ status } = await get(server.base, '/w/todo', cookie));
  }
  assert.equal(status, 200);
  const own = await startServer();
  const who = (await signIn(own.base, 'wangfang')).cookie;
  const storm = Array.from({ length: 60 }, (_, i) => post(own.base, '/act', memo(`停机 ${i}`), { cookie: who, Accept: 'application/json' }).then((reply) => reply.status, () => 'cut'));
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  assert.equal(await own.stop(), 0);
  for (const status of await Promise.all(storm)) assert.ok([200, 429, 503, 'cut'].includes(status), String(status));
});
