// Several who compose side by side: who has a layer open, what came from above since one looked last, names in the history.
// Each answer is compared with the schema that /api/v1/openapi.json gives for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDesk } from './desk.mjs';
import { get, startServer } from '../harness.mjs';

let server;
let api;
let commanded;
let published;
let cookies;

before(async () => {
  server = await startServer();
  ({ api, commanded, published, cookies } = await openDesk(() => server, ['zhoumingyuan', 'chengweimin', 'sunlei', 'shenliqun', 'madeshun']));
});
after(() => server.stop());

const root = '/api/v1/tenants/huaheng/layers/home';
const province = '/api/v1/tenants/huaheng-jl/layers/home';
const set = (block, at, value) => ({ verb: 'set', block, at, value });
const sit = (who, screen, more = {}, layer = province) => api(who, 'PUT', `${layer}/draft/presence`, { screen, ...more });
const whoIs = async (...args) => (await sit(...args)).body.items.map(({ person, block, own }) => [person, block, own].filter(Boolean).join(' '));

test('who has the layer open is told: who, since when, which block; nobody else', async () => {
  assert.deepEqual(await whoIs('sunlei', 'sunlei-1', { block: 'todo' }), []);
  const { body } = await sit('chengweimin', 'chengweimin-1', { block: 'news' });
  const [{ since, screen, ...told }] = body.items;
  assert.deepEqual(told, { home: 'huaheng-jl', person: 'sunlei', name: { zh: '孙磊', en: 'Sun Lei' }, block: 'todo' });
  assert.ok(Math.abs(Date.now() - Date.parse(since)) < 60_000);
  assert.equal(screen, 'sunlei-1');
  assert.equal(typeof body.version, 'number');
  assert.deepEqual(await whoIs('sunlei', 'sunlei-1'), ['chengweimin news']);
  assert.deepEqual(await whoIs('sunlei', 'sunlei-1', {}, `${province}:marketing`), [], 'another layer is another table');
  assert.deepEqual(await whoIs('chengweimin', 'chengweimin-1'), [], 'she moved on to it');
});

test('another window of the same person is told as her own; who leaves is gone at once', async () => {
  await sit('chengweimin', 'chengweimin-1', { leaves: true });
  await sit('sunlei', 'sunlei-1');
  assert.deepEqual(await whoIs('sunlei', 'sunlei-2'), ['sunlei true']);
  await sit('sunlei', 'sunlei-1', { leaves: true });
  assert.deepEqual(await whoIs('sunlei', 'sunlei-2'), []);
  for (let i = 0; i < 20; i++) await sit('sunlei', `sunlei-many-${i}`);
  assert.ok((await whoIs('chengweimin', 'chengweimin-1')).length <= 8, 'one person has a limit');
  for (let i = 0; i < 20; i++) await sit('sunlei', `sunlei-many-${i}`, { leaves: true });
});

test('it is for those who may read the layer, and says when the draft went on', async () => {
  assert.equal((await sit('madeshun', 'madeshun-1')).body.code, 'auth.right');
  assert.equal((await sit('sunlei', 'sunlei-1', {}, root)).body.code, 'auth.right');
  assert.equal((await sit('sunlei', 'short')).body.code, 'desk.body');
  assert.equal((await sit('sunlei', 'sunlei-1', {}, '/api/v1/tenants/huaheng-jl/layers/No')).body.code, 'edit.layer');
  const { version } = (await sit('sunlei', 'sunlei-1')).body;
  await commanded('chengweimin', province, [set('news', '/limit', 2)]);
  assert.equal((await sit('sunlei', 'sunlei-1')).body.version, version + 1);
});

test('what came from above since she looked last; what this layer says itself hides it', async () => {
  const first = await api('sunlei', 'GET', `${province}/above`);
  assert.deepEqual([first.body.since, first.body.differences], [undefined, []], 'she never looked');
  const see = (revisions) => api('sunlei', 'PUT', `${province}/above`, { revisions });
  const seen = await see(first.body.revisions);
  assert.ok(Math.abs(Date.now() - Date.parse(seen.body.since)) < 60_000);
  await commanded('zhoumingyuan', root, [set('todo', '/limit', 7), set('news', '/limit', 9), set('page', '/title', { zh: '新台', en: 'New desk' })]);
  const { number } = await published('zhoumingyuan', root);
  const { body } = await api('sunlei', 'GET', `${province}/above`);
  assert.deepEqual(body.revisions, { 'huaheng/home': number });
  const told = body.differences.map(({ block, at, after: now, by }) => [block, at, now.zh ?? now, by.unit]);
  assert.deepEqual(told.toSorted(), [['page', '/title', '新台', 'huaheng'], ['todo', '/limit', 7, 'huaheng']], 'the draft says /limit of news itself');
  assert.deepEqual((await api('chengweimin', 'GET', `${province}/above`)).body.differences, [], 'each for herself');
  await api('zhoumingyuan', 'POST', `${root}/revisions/${number - 1}/rollback`, { reason: 'too early' });
  assert.deepEqual((await api('sunlei', 'GET', `${province}/above`)).body.differences, [], 'it is as it was');
  await api('zhoumingyuan', 'POST', `${root}/revisions/${number}/rollback`, { reason: 'after all' });
  assert.deepEqual((await see(body.revisions)).body.differences, [], 'nor is it other than what she saw then');
  assert.deepEqual((await see({})).body.differences.length, told.length, 'she saw none of it');
  const { revisions } = (await api('sunlei', 'GET', `${province}/above`)).body;
  assert.deepEqual(revisions, { 'huaheng/home': number + 2 });
  assert.deepEqual((await see(revisions)).body.differences, []);
  const early = (await see({ 'huaheng/home': number + 3 })).body;
  assert.deepEqual([early.code, early.where], ['edit.future', '/revisions/huaheng~1home']);
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`huaheng/l${i}`, 1]));
  for (const wrong of [undefined, [], many, { 'huaheng/home': -1 }, { 'huaheng/home': 1.5 }, { 'huaheng/home': '1' }])
    assert.equal((await see(wrong)).body.code, 'desk.body', JSON.stringify(wrong));
  assert.equal((await api('madeshun', 'GET', `${province}/above`)).body.code, 'auth.right');
});

test('the history names people; a revision can be looked at in place of the draft', async () => {
  const { items } = (await api('zhoumingyuan', 'GET', `${root}/revisions`)).body;
  assert.deepEqual(items[0].by_name, { zh: '周明远', en: 'Zhou Mingyuan' });
  const canvas = async (revision) => (await get(server.base, `/studio/canvas?unit=huaheng&layer=home&revision=${revision}`, cookies.zhoumingyuan)).text();
  assert.match(await canvas('published'), /新台/);
  assert.doesNotMatch(await canvas(1), /新台/);
  const preview = await api('zhoumingyuan', 'GET', `${root}/draft/preview?revision=1`);
  assert.doesNotMatch(preview.body.title, /新台/);
  assert.equal((await api('zhoumingyuan', 'GET', `${root}/draft/preview?revision=999`)).body.code, 'edit.revision');
});
