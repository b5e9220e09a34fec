// Who may what, over HTTP: given and taken within one's own reach, never to oneself, and never the last of all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApi } from '../api.mjs';
import { signIn, startServer } from '../harness.mjs';

let server;
let call;
const cookies = {};
const names = ['zhoumingyuan', 'chengweimin', 'sunlei', 'wangfang', 'madeshun'];

before(async () => {
  server = await startServer();
  for (const name of names) cookies[name] = (await signIn(server.base, name)).cookie;
  call = await openApi(() => server);
});
after(() => server.stop());

const api = (who, ...rest) => call(who && cookies[who], ...rest);
const grants = (unit) => `/api/v1/tenants/${unit}/grants`;
const give = (who, unit, person, role, more = {}) => api(who, 'POST', grants(unit), { person, role, reason: 'test', ...more });
const take = (who, unit, id, reason = 'test') => api(who, 'DELETE', `${grants(unit)}/${id}${reason ? `?reason=${encodeURIComponent(reason)}` : ''}`);
const list = async (who, unit) => (await api(who, 'GET', grants(unit))).body.items;

test('a role counts as soon as it is given and no longer when it is taken', async () => {
  const layer = '/api/v1/tenants/huaheng-jl/layers/home';
  assert.equal((await api('madeshun', 'GET', layer)).status, 403);
  const given = await give('chengweimin', 'huaheng-jl', 'madeshun', 'designer', { home: 'huaheng-sy-shuanglin' });
  const home = given.status === 200 ? given.body.home : null;
  assert.equal(given.status, 200, JSON.stringify(given.body));
  assert.deepEqual([home, given.body.tenant, given.body.rights, given.body.inherited],
    ['huaheng-sy-shuanglin', 'huaheng-jl', ['read_layer', 'edit_layer', 'read_usage'], false]);
  assert.equal((await api('madeshun', 'GET', layer)).status, 200);
  assert.equal((await take('chengweimin', 'huaheng-jl', given.body.id, '任务结束')).status, 200);
  assert.equal((await api('madeshun', 'GET', layer)).status, 403);
  const { items } = (await api('sunlei', 'GET', `${grants('huaheng-jl')}/history`)).body;
  assert.deepEqual(items.map(({ what, person, by, reason }) => [what, person, by, reason]),
    [['revoked', 'madeshun', 'chengweimin', '任务结束'], ['granted', 'madeshun', 'chengweimin', 'test']]);
  assert.deepEqual([items[0].name.zh, items[0].by_name.zh], ['马德顺', '程为民']);
  const page = (await api('sunlei', 'GET', `${grants('huaheng-jl')}/history?limit=1`)).body;
  const rest = (await api('sunlei', 'GET', `${grants('huaheng-jl')}/history?limit=1&after=${encodeURIComponent(page.next)}`)).body;
  assert.deepEqual([page.items.length, rest.items[0].what], [1, 'granted']);
});

test('every role can be given, and stands in the list as the document says', async () => {
  const id = (role) => give('chengweimin', 'huaheng-jl', 'madeshun', role, { home: 'huaheng-sy-shuanglin' });
  for (const role of ['employee', 'editor', 'designer', 'publisher']) {
    const given = await id(role);
    assert.equal(given.status, 200, `${role}: ${JSON.stringify(given.body)}`);
    assert.ok((await list('chengweimin', 'huaheng-jl')).some((grant) => grant.person === 'madeshun' && grant.role === role));
    assert.equal((await take('chengweimin', 'huaheng-jl', given.body.id, 'test')).status, 200);
  }
});

test('a unit lists its own grants and those that reach it from above', async () => {
  const items = await list('sunlei', 'huaheng-jl');
  assert.deepEqual(items.map(({ person, tenant, inherited }) => [person, tenant, inherited]).sort(), [
    ['chengweimin', 'huaheng-jl', false], ['sunlei', 'huaheng-jl', false], ['wangfang', 'huaheng-jl', false], ['zhoumingyuan', 'huaheng', true],
  ]);
  assert.ok(items.every(({ name }) => name));
});

test('every way out of one’s reach is refused, and nothing is written', async () => {
  const before = await list('zhoumingyuan', 'huaheng-jl');
  const root = (await list('zhoumingyuan', 'huaheng')).find(({ role }) => role === 'administrator');
  const cases = [
    [() => give(null, 'huaheng-jl', 'madeshun', 'designer'), 401, 'desk.sign_in'],
    [() => give('chengweimin', 'huaheng', 'sunlei', 'designer', { home: 'huaheng-jl' }), 403, 'auth.right'],
    [() => give('chengweimin', 'huaheng-yl', 'sunlei', 'designer', { home: 'huaheng-jl' }), 403, 'auth.right'],
    [() => give('wangfang', 'huaheng-jl', 'sunlei', 'publisher', { specialty: 'marketing' }), 403, 'auth.right'],
    [() => give('sunlei', 'huaheng-jl', 'sunlei', 'administrator'), 403, 'auth.right'],
    [() => give('chengweimin', 'huaheng-jl-linzhou', 'chengweimin', 'publisher', { home: 'huaheng-jl' }), 403, 'auth.self'],
    [() => give('chengweimin', 'huaheng-jl', 'nobody', 'designer'), 404, 'auth.person'],
    [() => give('chengweimin', 'huaheng-jl', 'sunlei', 'designer'), 409, 'auth.exists'],
    [() => give('chengweimin', 'nowhere', 'sunlei', 'designer'), 404, 'tenant.none'],
    [() => give('chengweimin', 'huaheng-jl', 'sunlei', 'owner'), 400, 'desk.body'],
    [() => give('chengweimin', 'huaheng-jl', 'sunlei', 'publisher', { reason: '' }), 400, 'desk.body'],
    [() => give('chengweimin', 'huaheng-jl', 'sunlei', 'publisher', { reason: '因'.repeat(1001) }), 400, 'desk.body'],
    [() => api('madeshun', 'GET', grants('huaheng-jl')), 403, 'auth.right'],
    [() => take('chengweimin', 'huaheng', root.id), 403, 'auth.right'],
    [() => take('chengweimin', 'huaheng-jl', root.id), 404, 'auth.grant'],
    [() => take('zhoumingyuan', 'huaheng', root.id), 409, 'auth.last'],
    [() => take('chengweimin', 'huaheng-jl', 'sunlei', ''), 400, 'desk.query'],
    [() => take('chengweimin', 'huaheng-jl', 'sunlei', '因'.repeat(1001)), 400, 'desk.query'],
    [() => take('chengweimin', 'huaheng-jl', root.id, '因'.repeat(1000)), 404, 'auth.grant'],
  ];
  for (const [run, status, code] of cases) {
    const reply = await run();
    assert.deepEqual([reply.status, reply.body.code], [status, code], run.toString());
  }
  assert.deepEqual(await list('zhoumingyuan', 'huaheng-jl'), before);
});

test('another administrator may take over, and then the first may go', async () => {
  const root = (await list('zhoumingyuan', 'huaheng')).find(({ role }) => role === 'administrator');
  const second = await give('zhoumingyuan', 'huaheng', 'chengweimin', 'administrator', { home: 'huaheng-jl' });
  assert.equal(second.status, 200);
  assert.equal((await take('chengweimin', 'huaheng', root.id)).status, 200);
  assert.equal((await give('zhoumingyuan', 'huaheng', 'sunlei', 'designer', { home: 'huaheng-jl' })).body.code, 'auth.right');
  assert.equal((await take('chengweimin', 'huaheng', second.body.id)).body.code, 'auth.last');
});
