// What is refused is told in the words of whoever asked: in Chinese as `said`, in English as `detail`; each mistake too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const layer = '/api/v1/tenants/huaheng-jl/layers/home';
let server;
let api;

before(async () => {
  server = await startServer();
  ({ api } = await openDesk(() => server, ['chengweimin', 'elinsolberg', 'madeshun']));
});
after(() => server.stop());

test('who reads Chinese is told so, who reads English and who nobody knows is not', async () => {
  const { body } = await api('madeshun', 'GET', `${layer}/draft`);
  assert.deepEqual([body.code, body.said], ['auth.right', '您没有这项权限，请联系管理员']);
  assert.match(body.detail, /^this needs the right read_layer/);
  const english = (await api('elinsolberg', 'GET', `${layer}/draft`)).body;
  assert.deepEqual([english.code, english.said], ['auth.right', undefined]);
  const nobody = (await api(null, 'GET', `${layer}/draft`)).body;
  assert.deepEqual([nobody.code, nobody.said], ['desk.sign_in', undefined]);
});

test('each mistake of a list has its words', async () => {
  const { body: { version } } = await api('chengweimin', 'GET', `${layer}/draft`);
  const refused = await api('chengweimin', 'POST', `${layer}/draft/commands`, { base: version, verbs: [{ verb: 'add', block: 'x', component: 'nothing-like-it', into: 'main' }] });
  assert.deepEqual([refused.body.code, refused.body.said], ['edit.refused', '这项更改不能生效，没有保存']);
  assert.deepEqual(refused.body.errors.map(({ code, said }) => [code, said]), [['edit.component', '没有这个组件']]);
});

test('rows that are wrong have theirs, refused or left out', async () => {
  const rows = [{ id: 'a', text: 'good', person: 'wangfang', at: '2026-11-23T08:00:00Z' }, { id: 'b', person: 'wangfang' }];
  const refused = await api('chengweimin', 'POST', '/api/v1/data/memo?tenant=huaheng-jl', rows);
  assert.deepEqual([refused.body.code, refused.body.said], ['data.rows', '有些行不对，没有写入']);
  assert.ok(refused.body.errors.length && refused.body.errors.every(({ said }) => said === '数据不符合集合的要求'), JSON.stringify(refused.body));
  const taken = await api('chengweimin', 'POST', '/api/v1/data/memo?tenant=huaheng-jl&errors=skip', rows);
  assert.deepEqual([taken.status, taken.body.created, taken.body.skipped], [200, 1, 1], JSON.stringify(taken.body));
  assert.equal(taken.body.errors[0].said, '数据不符合集合的要求');
});
