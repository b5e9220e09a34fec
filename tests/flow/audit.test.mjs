// Who did what with which records of a unit: by people on their pages, by whoever edits records, by systems and imports.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const unit = 'huaheng-jl';
const log = `/api/v1/tenants/${unit}/audit`;
const fresh = { 'If-None-Match': '*' };
let server;
let api;

before(async () => {
  server = await startServer({ args: ['--sources', '127.0.0.2'] });
  ({ api } = await openDesk(() => server, ['zhoumingyuan', 'chengweimin', 'wangfang', 'sunlei', 'madeshun']));
});
after(() => server.stop());

async function list(query = '', who = 'chengweimin') {
  const { status, body } = await api(who, 'GET', `${log}?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
const briefly = ({ items }) => items.map(({ person, name, action, touched, more }) => [person, name?.zh ?? name, action, touched.length + (more ?? 0)]);

async function add(who, text) {
  const { status, body } = await api(who, 'POST', '/api/v1/pages/todo/blocks/memo/actions/add', { text }, { 'Idempotency-Key': text });
  assert.equal(status, 200, JSON.stringify(body));
  return body.result.id;
}

test('what people do on their pages is told, with who, where and which record, newest first', async () => {
  const started = new Date(Date.now() - 1000).toISOString();
  const first = await add('wangfang', 'first');
  await add('sunlei', 'second');
  await add('sunlei', 'second'); // the same again did nothing
  const { items } = await list(`from=${started}`);
  assert.deepEqual(briefly({ items }), [['sunlei', '孙磊', 'add', 1], ['wangfang', '王芳', 'add', 1]]);
  const [, { at, ...one }] = items;
  assert.ok(at >= started);
  assert.deepEqual({ ...one, id: '' }, {
    id: '', person: 'wangfang', name: { zh: '王芳', en: 'Wang Fang' }, page: 'todo', block: 'memo', component: 'memo', action: 'add', touched: [`memo/${first}`], titles: { [`memo/${first}`]: 'first' },
  });
});

test('whoever changes records is told: from the unit, from above, by a token, in an import', async () => {
  const record = `/api/v1/data/memo/told?tenant=${unit}`;
  const made = await api('zhoumingyuan', 'PUT', record, { text: 'told', person: 'wangfang', at: '2026-11-23T08:00:00Z' }, fresh);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await api('chengweimin', 'PATCH', record, { important: true }, { 'If-Match': made.etag, 'Content-Type': 'application/merge-patch+json' })).status, 200);
  const [patched, put] = (await list('touched=memo/told')).items;
  assert.deepEqual([patched.person, patched.home, patched.action], ['chengweimin', undefined, 'patch']);
  assert.deepEqual([put.person, put.home, put.name.zh, put.action], ['zhoumingyuan', 'huaheng', '周明远', 'put']);

  const { body: token } = await api('chengweimin', 'POST', `/api/v1/tokens?tenant=${unit}`, { name: '台账系统', collections: ['memo'], rights: ['read_data', 'write_data'] });
  const rows = Array.from({ length: 40 }, (_, i) => ({ id: `row-${i}`, text: `${i}`, person: 'wangfang', at: '2026-11-23T08:00:00Z' }));
  const taken = await api(null, 'POST', `/api/v1/data/memo?tenant=${unit}`, rows, { Authorization: `Bearer ${token.token}` });
  assert.equal(taken.status, 200, JSON.stringify(taken.body));
  const [system] = (await list('limit=1')).items;
  assert.deepEqual([system.person, system.name, system.action, system.touched.length, system.more], [undefined, '台账系统', 'import', 32, 8]);
  const again = await api(null, 'POST', `/api/v1/data/memo?tenant=${unit}`, rows, { Authorization: `Bearer ${token.token}` });
  assert.equal(again.body.unchanged, 40);
  assert.equal((await list('limit=1')).items[0].id, system.id, 'what changed nothing is not told');
});

test('whoever changes an audience, a connector or a token is told', async () => {
  const audience = `/api/v1/tenants/${unit}/audiences/pair`;
  const connector = `/api/v1/connectors/grid?tenant=${unit}`;
  const since = new Date().toISOString();
  const { etag } = await api('chengweimin', 'PUT', audience, { name: { zh: '一对' }, rule: { person: ['wangfang', 'sunlei'] } }, fresh);
  assert.equal((await api('chengweimin', 'DELETE', audience, undefined, { 'If-Match': etag })).status, 204);
  assert.equal((await api('chengweimin', 'PUT', connector, { title: { zh: '电网' }, url: 'http://127.0.0.2:9/x', collection: 'memo', schedule: '0 4 * * *', rows: '/rows', map: { id: '/id', text: '/text' } })).status, 200);
  assert.equal((await api('chengweimin', 'DELETE', connector)).status, 204);
  const { body: token } = await api('chengweimin', 'POST', `/api/v1/tokens?tenant=${unit}`, { name: '短暂', collections: ['memo'], rights: ['read_data'] });
  const [made] = (await list('limit=1')).items;
  assert.deepEqual([made.action, made.touched, made.titles], ['put', [`token/${token.id}`], { [`token/${token.id}`]: '短暂' }]);
  assert.equal((await api('chengweimin', 'DELETE', `/api/v1/tokens/${token.id}?tenant=${unit}`)).status, 204);
  const told = (await list(`from=${since}`)).items.map(({ person, action, touched: [one] }) => `${person} ${action} ${one.split('/')[0]}`);
  assert.deepEqual(told.reverse(), ['audience', 'connector', 'token'].flatMap((what) => [`chengweimin put ${what}`, `chengweimin remove ${what}`]));
});

test('what was refused is not told', async () => {
  const [newest] = (await list('limit=1')).items;
  const wrong = await api('chengweimin', 'PUT', `/api/v1/data/memo/wrong?tenant=${unit}`, { text: 7 }, fresh);
  assert.equal(wrong.status, 400);
  assert.equal((await api('sunlei', 'POST', '/api/v1/pages/todo/blocks/memo/actions/add', { text: 7 }, { 'Idempotency-Key': 'w' })).status, 422);
  assert.equal((await list('limit=1')).items[0].id, newest.id);
});

test('it is narrowed by person, component, record and time, and read page by page', async () => {
  for (let i = 0; i < 5; i++) await add('wangfang', `page-${i}`);
  const hers = await list('person=wangfang&component=memo');
  assert.equal(hers.items.length, 6);
  const pages = [];
  let next = '';
  do {
    const page = await list(`person=wangfang&limit=4&after=${encodeURIComponent(next)}`);
    pages.push(...page.items);
    next = page.next;
  } while (next);
  assert.deepEqual(pages, hers.items);
  assert.equal((await list('person=nobody')).items.length, 0);
  assert.equal((await list('from=2100-01-01')).items.length, 0);
  assert.equal((await list('to=2020-01-01')).items.length, 0);
  for (const [query, code] of [['from=noon', 'desk.query'], ['limit=101', 'desk.query'], ['after=x', 'audit.after']]) {
    assert.deepEqual([(await api('chengweimin', 'GET', `${log}?${query}`)).body.code], [code]);
  }
});

test('an administrator of the unit or above reads it, nobody else, and no other unit has it', async () => {
  assert.ok((await list('', 'zhoumingyuan')).items.length > 0);
  for (const who of ['wangfang', 'sunlei', 'madeshun']) {
    const { status, body } = await api(who, 'GET', log);
    assert.deepEqual([status, body.code, body.where], [403, 'auth.right', 'read_audit'], who);
  }
  assert.equal((await api(null, 'GET', log)).status, 401);
  assert.equal((await api('zhoumingyuan', 'GET', '/api/v1/tenants/nowhere/audit')).body.code, 'tenant.none');
  assert.deepEqual((await api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-yl/audit')).body.items, []);
});
