// Editing and publishing over HTTP: two who edit side by side, locks, rights, approval, bringing back, bad input.
// Each answer is compared with the schema that /api/v1/openapi.json gives for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openDesk } from './desk.mjs';
import { folderOf, get, root as home, run, scratch, signIn, startServer } from '../harness.mjs';
import { until } from '../stream.mjs';

let server;
let cookies;
let api;
let draft;
let command;
let publish;
let commanded;
let published;

before(async () => {
  server = await startServer();
  ({ cookies, api, draft, command, publish, commanded, published } = await openDesk(() => server,
    ['zhoumingyuan', 'chengweimin', 'sunlei', 'wangfang', 'luoyunfei', 'xuyizhou', 'madeshun', 'shenliqun']));
});
after(() => server.stop());

const root = '/api/v1/tenants/huaheng/layers/home';
const province = '/api/v1/tenants/huaheng-jl/layers/home';
const yunling = '/api/v1/tenants/huaheng-yl/layers/home';

const set = (block, at, value) => ({ verb: 'set', block, at, value });
const page = async (who) => (await get(server.base, '/w/home', cookies[who])).text();

test('two who edit side by side lose nothing', async () => {
  const { version } = await draft('zhoumingyuan', province);
  await Promise.all(Array.from({ length: 12 }, (_, i) => commanded(i % 2 ? 'chengweimin' : 'sunlei', province,
    [{ verb: 'add', block: `side-${i}`, component: 'kpi', into: 'main', props: { metric: 'load' } }], version)));
  const after = await draft('sunlei', province);
  for (let i = 0; i < 12; i++) assert.equal(after.verbs.filter((verb) => verb.block === `side-${i}` && verb.verb === 'add').length, 1);
  assert.equal(after.version, version + 12);
  const { etag } = await api('sunlei', 'GET', `${province}/draft`);
  const done = await api('sunlei', 'DELETE', `${province}/draft`, undefined, { 'If-Match': etag });
  assert.equal(done.body.changed, false);
});

test('only the same property of the same block conflicts, and both values are shown', async () => {
  const { version } = await draft('sunlei', province);
  await commanded('sunlei', province, [set('todo', '/limit', 5)], version);
  await commanded('chengweimin', province, [set('news', '/limit', 5)], version);
  const { status, body } = await command('chengweimin', province, [set('agenda', '/limit', 6), set('todo', '/limit', 7)], version);
  assert.deepEqual([status, body.code, body.where], [409, 'edit.conflict', '/verbs/1']);
  assert.deepEqual([body.errors[0].mine.value, body.errors[0].theirs.value], [7, 5]);
  assert.ok(!(await draft('sunlei', province)).verbs.some((verb) => verb.block === 'agenda'), 'nothing of it was done');
});

test('a lock of the group refuses the command of a province', async () => {
  await commanded('zhoumingyuan', root, [{ verb: 'lock', block: 'notice', lock: 'required' }]);
  await published('zhoumingyuan', root);
  for (const verb of ['hide', 'remove']) {
    const { status, body } = await command('chengweimin', province, [{ verb, block: 'notice' }]);
    assert.deepEqual([status, body.code, body.errors[0].code, body.errors[0].where], [400, 'edit.refused', 'layout.locked', '/verbs/0']);
    assert.equal(body.errors[0].theirs.lock, 'required');
  }
});

test('what is published shows at once, and so does what is brought back', async () => {
  const title = { zh: '云岭一览', en: 'Yunling today' };
  assert.ok(!(await page('xuyizhou')).includes(title.zh));
  await commanded('xuyizhou', yunling, [set('page', '/title', title)]);
  assert.ok(!(await page('xuyizhou')).includes(title.zh), 'a draft shows to nobody');
  const impact = await api('xuyizhou', 'POST', `${yunling}/draft/impact`);
  assert.ok(impact.body.units >= 6 && impact.body.people >= 10, JSON.stringify(impact.body));
  assert.equal((await publish('xuyizhou', yunling)).body.code, 'auth.right');
  const check = await api('xuyizhou', 'POST', `${yunling}/draft/check`);
  assert.equal(check.body.publishable, true);
  const { number, by } = await published('luoyunfei', yunling);
  assert.equal(by, 'luoyunfei');
  assert.ok((await page('xuyizhou')).includes(title.zh));
  const diff = await api('xuyizhou', 'GET', `${yunling}/diff?from=${number - 1}&to=${number}`);
  assert.deepEqual(diff.body.differences.map(({ block, at, after: now }) => [block, at, now]), [['page', '/title', title]]);
  const back = await api('luoyunfei', 'POST', `${yunling}/revisions/${number - 1}/rollback`, { reason: 'too early' });
  assert.deepEqual([back.status, back.body.restores], [200, number - 1]);
  assert.ok(!(await page('xuyizhou')).includes(title.zh));
  const history = await api('xuyizhou', 'GET', `${yunling}/revisions?limit=2`);
  assert.deepEqual(history.body.items.map((one) => [one.number, one.reason]), [[number + 1, 'too early'], [number, 'test']]);
  assert.equal(history.body.next, number);
  const rest = await api('xuyizhou', 'GET', `${yunling}/revisions?before=${number}`);
  assert.deepEqual(rest.body.items.map((one) => one.number), [number - 1]);
});

test('a right is wanted for each thing, in that unit and for that specialty', async () => {
  const add = [{ verb: 'hide', block: 'sales' }];
  const marketing = '/api/v1/tenants/huaheng-jl/layers/home:marketing';
  const cases = [
    ['madeshun', 'GET', `${root}/draft`], ['madeshun', 'GET', '/api/v1/tenants/huaheng'], ['sunlei', 'GET', root], ['sunlei', 'GET', yunling],
    ['xuyizhou', 'POST', `${province}/draft/commands`, { base: 0, verbs: add }], ['wangfang', 'POST', `${province}/draft/commands`, { base: 0, verbs: add }],
    ['shenliqun', 'POST', `${yunling}/draft/commands`, { base: 0, verbs: add }], ['sunlei', 'POST', `${province}/revisions/1/rollback`, { reason: 'x' }],
  ];
  for (const [who, method, path, body] of cases) {
    const reply = await api(who, method, path, body);
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.right'], `${who} ${method} ${path}`);
  }
  assert.equal((await api('wangfang', 'GET', province)).status, 200);
  await commanded('wangfang', marketing, add);
  assert.equal((await published('wangfang', marketing)).state, 'published');
  assert.equal((await api(null, 'GET', root)).status, 401);
  const mine = await api('wangfang', 'GET', '/api/v1/tenants');
  assert.deepEqual(mine.body.items.map((unit) => [unit.id, unit.role, unit.specialty]), [['huaheng-jl', 'publisher', 'marketing']]);
  assert.deepEqual((await api('madeshun', 'GET', '/api/v1/tenants')).body.items, []);
  const unit = await api('sunlei', 'GET', '/api/v1/tenants/huaheng-jl');
  const children = JSON.parse(readFileSync(join(home, 'tenants/demo/tenants.json'), 'utf8')).filter((one) => one.parent === 'huaheng-jl');
  assert.deepEqual(unit.body.children.map((one) => one.id), children.map((one) => one.id));
  const layers = await api('sunlei', 'GET', '/api/v1/tenants/huaheng-jl/layers');
  assert.deepEqual(layers.body.items.map((one) => one.layer).sort(), ['home', 'home:marketing']);
});

test('why a page is as it is, for who may see as others do', async () => {
  const address = '/api/v1/pages/home/explain';
  const her = `${address}?tenant=huaheng-jl&person=wangfang`;
  const { body } = await api('zhoumingyuan', 'GET', her);
  assert.equal(body.person, 'wangfang');
  assert.ok(body.layers.length >= 2);
  const shown = body.blocks.filter((block) => block.shown).map((block) => block.id);
  const html = await page('wangfang');
  for (const id of shown) assert.ok(html.includes(`id="b-${id}"`), id);
  for (const block of body.blocks.filter((one) => !one.shown)) assert.ok(!html.includes(`id="b-${block.id}"`), block.id);
  assert.equal((await api('madeshun', 'GET', her)).status, 403);
  assert.equal((await api('zhoumingyuan', 'GET', address)).status, 400);
  assert.equal((await api('zhoumingyuan', 'GET', `${her}-nobody`)).status, 404);
  assert.equal((await api('zhoumingyuan', 'GET', her.replace('home', 'nowhere'))).status, 404);
});

test('bad input is refused as a whole, every mistake with its pointer', async () => {
  const { version } = await draft('chengweimin', province);
  const bad = await command('chengweimin', province, [
    set('nothing', '/limit', 1), set('todo', '/limit', 'many'), { verb: 'fly', block: 'todo' }, set('news', '/limit', 3),
  ]);
  assert.deepEqual([bad.status, bad.body.code], [400, 'edit.refused']);
  assert.deepEqual(bad.body.errors.map(({ where }) => where).sort(), ['/verbs/0/block', '/verbs/1/value', '/verbs/2/verb']);
  const cases = [
    [[set('nothing', '/limit', 1), set('todo', '/limit', 'many')], ['/verbs/0/block', '/verbs/1/value']],
    [[{ verb: 'add', block: 'x', component: 'nothing', into: 'main' }], ['/verbs/0/component']],
    [[{ verb: 'add', block: 'x', component: 'kpi', into: 'main', props: { metric: 5 } }], ['/verbs/0/props/metric']],
    [[{ verb: 'add', block: 'x', component: 'kpi', into: 'nowhere/in', props: { metric: 'load' } }], ['/verbs/0/into']],
    [[{ verb: 'move', block: 'figures', into: 'figures/content' }], ['/verbs/0']],
    [[{ verb: 'add', block: 'x', component: 'kpi', into: 'x/in', props: { metric: 'load' } }], ['/verbs/0']],
    [['x', 'y', 'z'].map((block, i) => ({ verb: 'add', block, component: 'kpi', into: 'main', after: 'yzx'[i], props: { metric: 'load' } })), ['/verbs/0', '/verbs/1', '/verbs/2']],
    [[{ verb: 'hide', block: 'sales', audience: 'nobody' }], ['/verbs/0/audience']],
    [Array.from({ length: 201 }, (_, i) => ({ verb: 'add', block: `many-${i}`, component: 'kpi', into: 'main', props: { metric: 'load' } })), null],
  ];
  for (const [verbs, places] of cases) {
    const { status, body } = await command('chengweimin', province, verbs);
    assert.deepEqual([status, body.code], [400, 'edit.refused'], JSON.stringify(body).slice(0, 300));
    if (places) assert.deepEqual(body.errors.map(({ where }) => where).sort(), places, JSON.stringify(body));
  }
  assert.equal((await command('chengweimin', province, Array(2001).fill(set('news', '/limit', 3)))).body.code, 'desk.body');
  const past = await publish('chengweimin', province, { at: '2020-01-01T00:00:00Z' });
  assert.deepEqual([past.status, past.body.code, past.body.where], [400, 'edit.past', '/at']);
  assert.equal((await draft('chengweimin', province)).version, version);
});

test('bodies, methods, addresses and versions that do not fit', async () => {
  const path = `${province}/draft/commands`;
  const cases = [
    ['POST', path, '{', {}, 400, 'doc.syntax'], ['POST', path, '[]', {}, 400, 'desk.body'], ['POST', path, { base: 1 }, {}, 400, 'desk.body'],
    ['POST', path, { base: 1, verbs: [{}], more: 1 }, {}, 400, 'desk.body'],
    ['POST', path, 'base=1', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'desk.type'],
    ['POST', path, { base: 999, verbs: [set('todo', '/limit', 2)] }, {}, 409, 'edit.base'],
    ['POST', path, { base: 0, verbs: [set('todo', '/limit', 2)] }, { 'Sec-Fetch-Site': 'cross-site' }, 403, 'site.origin'],
    ['PUT', path, {}, {}, 405, 'desk.method'], ['GET', '/api/v1/nothing', undefined, {}, 404, 'site.none'],
    ['GET', '/api/v1/tenants/none', undefined, {}, 404, 'tenant.none'], ['GET', '/api/v1/tenants/huaheng-jl/layers/Home', undefined, {}, 404, 'edit.layer'],
    ['GET', '/api/v1/tenants/huaheng-jl/layers/none', undefined, {}, 404, 'edit.none'], ['GET', `${province}/revisions/99`, undefined, {}, 404, 'edit.revision'],
    ['GET', `${province}/revisions/x`, undefined, {}, 404, 'edit.revision'], ['GET', `${province}/revisions?limit=0`, undefined, {}, 400, 'desk.query'],
    ['POST', `${province}/draft/publish`, { reason: 'x' }, {}, 428, 'desk.match'], ['POST', `${province}/draft/publish`, { reason: 'x' }, { 'If-Match': '"999"' }, 412, 'edit.version'],
    ['POST', `${province}/draft/publish`, { reason: '' }, { 'If-Match': '"1"' }, 400, 'desk.body'], ['DELETE', `${province}/draft`, undefined, { 'If-Match': '*' }, 428, 'desk.match'],
    ['POST', `${province}/revisions/99/approve`, { reason: 'x' }, {}, 404, 'edit.revision'],
  ];
  for (const [method, address, body, headers, status, code] of cases) {
    const reply = await api('chengweimin', method, address, body, headers);
    assert.deepEqual([reply.status, reply.body.code], [status, code], `${method} ${address} ${JSON.stringify(reply.body)}`);
  }
  assert.equal((await api('chengweimin', 'PUT', path, {})).headers.get('allow'), 'POST');
});

/** A small organisation that may ask for approval. */
function strict(approval = true) {
  return folderOf({
    'tenants.json': [{ id: 'acme', level: 'group', name: { zh: '示例', en: 'Acme' }, approval }],
    'people/acme.json': ['ann', 'bob', 'eve'].map((id) => ({ id, login: id, name: id })),
    'layers/acme/home.json': { verbs: [{ verb: 'set', block: 'page', at: '/title', value: { zh: '首页', en: 'First' } }] },
    'grants.json': [['ann', 'designer'], ['bob', 'publisher'], ['eve', 'publisher']].map(([id, role]) => ({ id, home: 'acme', person: id, role, tenant: 'acme' })),
  });
}

test('where approval is asked for, somebody else gives it; what is due is published, also after a restart', async () => {
  const outer = server;
  const data = scratch();
  assert.equal((await run(['tenant', 'import', strict(), '--data', data, '--password', 'secret'])).code, 0);
  server = await startServer({ demo: false, data });
  try {
    const enter = async () => { for (const name of ['ann', 'bob', 'eve']) cookies[name] = (await signIn(server.base, name, 'secret')).cookie; };
    const layer = '/api/v1/tenants/acme/layers/home';
    const title = (text) => [set('page', '/title', { zh: text, en: text })];
    await enter();
    await commanded('bob', layer, title('Second'));
    const proposed = await published('bob', layer);
    assert.equal(proposed.state, 'proposed');
    const approve = (who, number) => api(who, 'POST', `${layer}/revisions/${number}/approve`, { reason: 'seen' });
    assert.deepEqual([(await approve('bob', proposed.number)).body.code, (await approve('ann', proposed.number)).body.code], ['edit.author', 'auth.right']);
    assert.equal((await command('ann', layer, title('Third'))).body.code, 'edit.waiting');
    const approved = await approve('eve', proposed.number);
    assert.deepEqual([approved.body.state, approved.body.decided_by], ['published', 'eve']);
    assert.ok((await page('ann')).includes('Second'));

    await commanded('ann', layer, title('Third'));
    const later = await published('ann', layer, { at: new Date(Date.now() + 2500).toISOString() });
    assert.equal((await approve('eve', later.number)).body.state, 'scheduled');
    assert.ok((await page('ann')).includes('Second'));
    await server.stop({ signal: 'SIGKILL', keep: true });
    await new Promise((resolve) => { setTimeout(resolve, 2600); });
    server = await startServer({ demo: false, data });
    await enter();
    for (let i = 0; i < 50 && !(await page('ann')).includes('Third'); i++) await new Promise((resolve) => { setTimeout(resolve, 100); });
    assert.ok((await page('ann')).includes('Third'));
    assert.equal((await api('ann', 'GET', `${layer}/revisions/${later.number}`)).body.state, 'published');
  } finally {
    await server.stop();
    server = outer;
  }
});

test('a server that is killed while it publishes has the old page or the new one', async (t) => {
  const outer = server;
  t.after(() => { server = outer; });
  const data = scratch();
  assert.equal((await run(['tenant', 'import', strict(false), '--data', data, '--password', 'secret'])).code, 0);
  const layer = '/api/v1/tenants/acme/layers/home';
  let acknowledged = 0;
  for (let round = 0; round < 4; round++) {
    server = await startServer({ demo: false, data });
    cookies.bob = (await signIn(server.base, 'bob', 'secret')).cookie;
    const now = (await api('bob', 'GET', layer)).body;
    if (round > 0) {
      assert.ok(now.revision >= acknowledged, `${now.revision} after ${acknowledged}`);
      const revision = (await api('bob', 'GET', `${layer}/revisions/${now.revision}`)).body;
      assert.deepEqual([revision.state, revision.verbs], ['published', now.verbs]);
      const [newest] = (await api('bob', 'GET', `${layer}/revisions?limit=1`)).body.items;
      assert.equal(newest.number, now.revision);
      const open = (await api('bob', 'GET', `${layer}/draft`)).body;
      assert.equal(open.revision, now.revision);
    }
    const from = acknowledged;
    const killed = (async () => {
      await until(() => acknowledged > from + 1, 'two publications', 10000);
      await new Promise((resolve) => { setTimeout(resolve, round * 37); });
      return server.stop({ signal: 'SIGKILL', keep: true });
    })();
    const publishing = (async () => {
      for (let i = 0; ; i++) {
        const text = `${round}-${i}`;
        await commanded('bob', layer, [{ verb: 'set', block: 'page', at: '/title', value: { zh: text, en: text } }]);
        acknowledged = (await published('bob', layer)).number;
      }
    })();
    // However the connection breaks off; a refusal would be an assertion's.
    await assert.rejects(publishing, (error) => !(error instanceof assert.AssertionError));
    await killed;
  }
});
