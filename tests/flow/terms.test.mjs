// What units call specialties, groups and tags: given by whoever grants roles, inherited, changed by several at once, and audited.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const terms = (unit) => `/api/v1/tenants/${unit}/terms`;
let server;
let api;

before(async () => {
  server = await startServer();
  ({ api } = await openDesk(() => server, ['zhoumingyuan', 'chengweimin', 'sunlei', 'madeshun']));
});
after(() => server.stop());

async function name(unit, patch, who = 'zhoumingyuan') {
  const { status, body } = await api(who, 'PATCH', terms(unit), patch);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('a unit names values for itself and all below; the nearest name counts; one is taken away', async () => {
  const before = (await api('chengweimin', 'GET', terms('huaheng-jl'))).body;
  assert.equal(before.own.group, undefined);
  assert.equal(before.above.specialty.marketing.zh, '营销');
  const named = await name('huaheng-jl', { group: { 'night-watch': { zh: '夜班', en: 'Night watch' } }, specialty: { marketing: { zh: '市场营销' } } }, 'chengweimin');
  assert.deepEqual(named.own, { group: { 'night-watch': { zh: '夜班', en: 'Night watch' } }, specialty: { marketing: { zh: '市场营销' } } });
  const below = (await api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-jl-linzhou')).body.terms;
  assert.deepEqual([below.group['night-watch'].zh, below.specialty.marketing.zh], ['夜班', '市场营销']);
  assert.equal((await api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-yl')).body.terms.specialty.marketing.zh, '营销');
  const less = await name('huaheng-jl', { specialty: { marketing: null }, group: { 'night-watch': { zh: '夜班', en: null } } });
  assert.deepEqual(less.own, { group: { 'night-watch': { zh: '夜班' } }, specialty: {} });
  const { items: [entry] } = (await api('chengweimin', 'GET', '/api/v1/tenants/huaheng-jl/audit?touched=tenant/huaheng-jl&limit=1')).body;
  assert.deepEqual([entry.person, entry.home, entry.action], ['zhoumingyuan', 'huaheng', 'patch']);
});

test('names that several give at once all stay', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, i) => name('huaheng-yl', { tag: { [`tag-${i}`]: { zh: `标签 ${i}` } } })));
  const { own } = (await api('zhoumingyuan', 'GET', terms('huaheng-yl'))).body;
  assert.equal(Object.keys(own.tag).length, 12);
});

test('who may not, and what is none, is refused', async () => {
  for (const who of ['sunlei', 'madeshun']) {
    const { status, body } = await api(who, 'PATCH', terms('huaheng-jl'), { group: { x: { zh: '某' } } });
    assert.deepEqual([status, body.code, body.where], [403, 'auth.right', 'grant'], who);
  }
  assert.equal((await api('sunlei', 'GET', terms('huaheng-jl'))).status, 200);
  assert.equal((await api('madeshun', 'GET', terms('huaheng-jl'))).body.code, 'auth.right');
  for (const wrong of [{ post: {} }, { group: { x: { en: 'X' } } }, { group: { x: { zh: '' } } }, { group: { x: '某' } }, { group: { '': { zh: '某' } } }, []]) {
    assert.equal((await api('zhoumingyuan', 'PATCH', terms('huaheng'), wrong)).body.code, 'desk.body', JSON.stringify(wrong));
  }
  assert.equal((await api('zhoumingyuan', 'PATCH', terms('nowhere'), {})).body.code, 'tenant.none');
});
