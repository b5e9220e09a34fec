// Pictures of a unit: brought by who edits its pages, seen by its people and those below, and never a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, startServer } from '../harness.mjs';
import { png } from '../png.mjs';
import { openDesk } from './desk.mjs';

const of = (unit) => `/api/v1/tenants/${unit}/pictures`;
let server;
let desk;

before(async () => {
  server = await startServer();
  desk = await openDesk(() => server, ['zhoumingyuan', 'sunlei', 'wangfang', 'luoyunfei', 'shenliqun', 'hanyumei', 'madeshun']);
});
after(() => server.stop());

const bring = (who, unit, bytes, type = 'image/png', more = '') => desk.api(who, 'POST', `${of(unit)}${more}`, bytes, { 'Content-Type': type });
const view = async (who, src) => {
  const reply = await get(server.base, src, who && desk.cookies[who]);
  return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) };
};

test('a picture is kept under its content, described, listed below as inherited, and removed', async () => {
  const file = png(320, 240);
  const made = await bring('sunlei', 'huaheng-jl', file);
  assert.equal(made.status, 200, made.text);
  assert.deepEqual([made.body.type, made.body.width, made.body.height, made.body.bytes, made.body.unit], ['image/png', 320, 240, file.length, 'huaheng-jl']);
  assert.equal((await bring('sunlei', 'huaheng-jl', file)).body.id, made.body.id, 'the same file is the same picture');
  const named = await desk.api('sunlei', 'PUT', `${of('huaheng-jl')}/${made.body.id}`, { alt: { zh: '变电站', en: 'A substation' } });
  assert.equal(named.body.alt.zh, '变电站');
  await bring('zhoumingyuan', 'huaheng', png(10, 10));
  const { items } = (await desk.api('sunlei', 'GET', of('huaheng-jl'))).body;
  assert.deepEqual(items.map(({ unit }) => unit), ['huaheng-jl', 'huaheng']);
  assert.equal((await desk.api('sunlei', 'DELETE', `${of('huaheng-jl')}/${made.body.id}`)).status, 204);
  assert.equal((await view('sunlei', made.body.src)).status, 404);
  assert.equal((await desk.api('sunlei', 'DELETE', `${of('huaheng-jl')}/${made.body.id}`)).status, 404);
});

test('it is seen by the people of the unit and below and by who edits there, and by nobody else', async () => {
  const { src } = (await bring('luoyunfei', 'huaheng-yl', png(4, 4))).body;
  for (const who of ['luoyunfei', 'shenliqun', 'zhoumingyuan']) assert.equal((await view(who, src)).status, 200, who);
  for (const who of ['sunlei', 'wangfang', undefined]) assert.equal((await view(who, src)).status, 404, who);
  const { headers, bytes } = await view('luoyunfei', src);
  assert.deepEqual(bytes, png(4, 4));
  assert.deepEqual(['content-type', 'cache-control', 'content-security-policy', 'x-content-type-options'].map((name) => headers.get(name)),
    ['image/png', 'private, max-age=31536000, immutable', "default-src 'none'; sandbox", 'nosniff']);
  for (const path of ['/p/', '/p/huaheng-yl', '/p/huaheng-yl/', '/p/none/x', `${src}0`, '/p/huaheng-yl/../x']) assert.equal((await view('luoyunfei', path)).status, 404, path);
});

test('a phone that shows a draft sees the pictures of it, and no others', async () => {
  const jl = (await bring('sunlei', 'huaheng-jl', png(5, 5))).body.src;
  const yl = (await bring('luoyunfei', 'huaheng-yl', png(6, 6))).body.src;
  const { path } = (await desk.api('zhoumingyuan', 'POST', '/api/v1/tenants/huaheng-jl/layers/home/draft/links', {})).body;
  const cookie = (await get(server.base, path)).headers.get('set-cookie').split(';')[0];
  assert.equal((await get(server.base, jl, cookie)).status, 200);
  assert.equal((await get(server.base, yl, cookie)).status, 404);
});

/** The cookie of a phone that shows the draft. */
async function phone(who, unit, look = {}) {
  const { path } = (await desk.api(who, 'POST', `/api/v1/tenants/${unit}/layers/home/draft/links`, look)).body;
  return (await get(server.base, path)).headers.get('set-cookie').split(';')[0];
}

test('a draft that is looked at in a unit below has the pictures of that unit', async () => {
  const jl = (await bring('sunlei', 'huaheng-jl', png(5, 6))).body.src;
  assert.equal((await get(server.base, jl, await phone('zhoumingyuan', 'huaheng'))).status, 404);
  assert.equal((await get(server.base, jl, await phone('zhoumingyuan', 'huaheng', { tenant: 'huaheng-jl' }))).status, 200);
});

test('a phone sees no more pictures than its author may now', async () => {
  const jl = (await bring('sunlei', 'huaheng-jl', png(5, 7))).body.src;
  const grant = { person: 'madeshun', home: 'huaheng-sy-shuanglin', role: 'designer', reason: 'test' };
  const given = await desk.api('zhoumingyuan', 'POST', '/api/v1/tenants/huaheng-jl/grants', grant);
  const cookie = await phone('madeshun', 'huaheng-jl');
  const elsewhere = await phone('madeshun', 'huaheng-jl', { tenant: 'huaheng-yl' });
  const yl = (await bring('luoyunfei', 'huaheng-yl', png(6, 7))).body.src;
  assert.equal((await get(server.base, jl, cookie)).status, 200);
  assert.equal((await get(server.base, yl, elsewhere)).status, 404, 'a designer sees as nobody else');
  await desk.api('zhoumingyuan', 'DELETE', `/api/v1/tenants/huaheng-jl/grants/${given.body.id}?reason=test`);
  assert.equal((await get(server.base, jl, cookie)).status, 404);
});

test('what a file is, its bytes say: a lie is told, a wrong name does not matter', async () => {
  const strange = { svg: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', page: '<!doctype html><script>alert(1)</script>', text: 'hello', empty: '' };
  for (const [name, text] of Object.entries(strange)) {
    const { status, body } = await bring('sunlei', 'huaheng-jl', Buffer.from(text));
    assert.deepEqual([status, body.code], [400, 'picture.kind'], name);
  }
  assert.match((await bring('sunlei', 'huaheng-jl', Buffer.from(strange.svg))).body.detail, /may hold scripts/);
  assert.equal((await bring('sunlei', 'huaheng-jl', png(7, 7).subarray(0, 20))).body.code, 'picture.broken');
  const { body } = await bring('sunlei', 'huaheng-jl', png(7, 7), 'image/jpeg');
  assert.equal(body.type, 'image/png');
  assert.equal((await view('sunlei', body.src)).headers.get('content-type'), 'image/png');
  assert.equal((await bring('sunlei', 'huaheng-jl', png(7, 7), 'text/plain')).status, 415);
});

test('what is too large is refused', async () => {
  const large = Buffer.concat([png(8, 8), Buffer.alloc(800 * 1024)]);
  assert.deepEqual(await bring('sunlei', 'huaheng-jl', large).then(({ status, body }) => [status, body.code]), [413, 'picture.large']);
  const reply = await fetch(`${server.base}${of('huaheng-jl')}`, { method: 'POST', body: large, headers: { cookie: desk.cookies.sunlei, 'Content-Type': 'image/png' } });
  assert.deepEqual([reply.status, reply.headers.get('retry-after')], [413, null], 'it would be too large again');
  assert.equal((await bring('sunlei', 'huaheng-jl', png(9000, 1))).body.code, 'picture.large');
  assert.equal((await bring('sunlei', 'huaheng-jl', png(8000, 8000))).body.code, 'picture.large');
});

test('only who edits the layers of the unit brings and removes', async () => {
  assert.equal((await bring('hanyumei', 'huaheng-jl', png(3, 3))).status, 403);
  assert.equal((await bring('sunlei', 'huaheng', png(3, 3))).status, 403);
  assert.equal((await bring('wangfang', 'huaheng-jl', png(3, 3))).status, 403);
  const made = await bring('wangfang', 'huaheng-jl', png(3, 3), 'image/png', '?specialty=marketing');
  assert.equal(made.status, 200, made.text);
  assert.equal((await desk.api('hanyumei', 'DELETE', `${of('huaheng-jl')}/${made.body.id}`)).status, 403);
  const others = (await bring('sunlei', 'huaheng-jl', png(3, 4))).body.id;
  for (const [method, body] of [['PUT', { alt: { zh: '别人的' } }], ['DELETE', undefined]])
    assert.equal((await desk.api('wangfang', method, `${of('huaheng-jl')}/${others}?specialty=marketing`, body)).body.code, 'auth.right', method);
  const own = `${of('huaheng-jl')}/${made.body.id}`;
  assert.equal((await desk.api('wangfang', 'PUT', own, { alt: { zh: '自己的' } })).status, 403);
  assert.equal((await desk.api('wangfang', 'PUT', `${own}?specialty=marketing`, { alt: { zh: '自己的' } })).status, 200);
  assert.equal((await desk.api('wangfang', 'DELETE', `${own}?specialty=marketing`)).status, 204);
  assert.equal((await desk.api('sunlei', 'DELETE', `${of('huaheng-jl')}/${others}`)).status, 204);
  assert.equal((await desk.api('hanyumei', 'GET', of('huaheng-jl'))).status, 403);
  assert.equal((await desk.api(undefined, 'GET', of('huaheng-jl'))).status, 401);
  assert.equal((await desk.api('sunlei', 'POST', of('huaheng-jl'), png(3, 3), { 'Content-Type': 'image/png', Origin: 'https://elsewhere.example' })).status, 403);
});
