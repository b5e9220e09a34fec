// Audiences over HTTP: made, named, changed and removed; whoever comes in or goes out sees it on her open page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../harness.mjs';
import { Screen, until } from '../stream.mjs';
import { openDesk } from './desk.mjs';

let server;
let cookies;
let api;
let commanded;
let published;

before(async () => {
  server = await startServer();
  ({ cookies, api, commanded, published } = await openDesk(() => server,
    ['zhoumingyuan', 'chengweimin', 'sunlei', 'wangfang', 'luoyunfei', 'madeshun']));
});
after(() => server.stop());

const home = '/api/v1/tenants/huaheng-jl/layers/home';
const place = (id, unit = 'huaheng-jl') => `/api/v1/tenants/${unit}/audiences/${id}`;
const fresh = { 'If-None-Match': '*' };
const name = { zh: '试验' };
const put = (who, id, rule, headers = fresh, unit = undefined) => api(who, 'PUT', place(id, unit), { name, rule }, headers);
async function change(id, rule) {
  const { etag } = await api('chengweimin', 'GET', place(id));
  const done = await put('chengweimin', id, rule, { 'If-Match': etag });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done;
}

test('one is made, read, changed and listed, here and below', async () => {
  const made = await put('chengweimin', 'pair', { person: ['wangfang', 'sunlei'] });
  assert.deepEqual([made.status, made.body.people, made.body.own, made.body.warnings], [201, 2, true, []]);
  const again = await api('sunlei', 'GET', place('pair'));
  assert.deepEqual([again.etag, again.body], [made.etag, made.body]);
  const nested = await put('chengweimin', 'one', { all: [{ audience: 'pair' }, { not: { any: [{ person: 'sunlei' }, { grade: { from: 120 } }] } }] });
  assert.deepEqual([nested.status, nested.body.people], [201, 1]);
  assert.equal((await change('one', { audience: 'pair' })).body.people, 2);
  const below = (await api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-jl-linzhou/audiences')).body.items.map(({ id }) => id);
  for (const id of ['pair', 'one', 'party-members']) assert.ok(below.includes(id), id);
  assert.ok(!(await api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-yl/audiences')).body.items.some(({ id }) => id === 'pair'));
  assert.equal((await api('sunlei', 'GET', place('party-members'))).body.own, false);
});

test('what can hold nobody is warned of, and still is made', async () => {
  const told = ({ body }) => [body.people, ...body.warnings.map(({ code, where }) => `${code} ${where}`)];
  assert.deepEqual(told(await put('chengweimin', 'nobody', { all: [{ tenant: 'huaheng-jl' }, { tenant: 'huaheng-yl' }] })), [0, 'audience.nobody /rule']);
  assert.deepEqual(told(await change('nobody', { any: [{ person: 'sunlei' }, { grade: { from: 9, to: 3 } }, { subtree: 'nowhere' }] })),
    [1, 'audience.unit /rule/any/2/subtree', 'audience.nobody /rule/any/1']);
  assert.equal((await change('nobody', { tag: 'party-member' })).body.warnings.length, 0);
});

test('a rule is tried before it is kept: how many it means, what is wrong with it, what people have', async () => {
  const attempt = (who, rule, id = 'tried') => api(who, 'POST', `${place(id)}/preview`, { rule });
  const pair = await attempt('chengweimin', { person: ['wangfang', 'sunlei'] });
  assert.deepEqual([pair.status, pair.body.people, pair.body.warnings], [200, 2, []]);
  const all = await attempt('chengweimin', { all: [] });
  assert.equal(all.body.people, all.body.of);
  assert.ok(all.body.of > 2);
  assert.equal((await api('chengweimin', 'GET', place('tried'))).status, 404);
  assert.deepEqual((await attempt('chengweimin', { all: [{ grade: { from: 9, to: 3 } }] })).body.warnings.map(({ where }) => where), ['/rule']);
  const wrong = await attempt('chengweimin', { any: [{ colour: 'red' }, { grade: 'high' }] });
  assert.deepEqual([wrong.status, wrong.body.code, ...wrong.body.errors.map(({ where }) => where)], [400, 'edit.refused', '/rule/any/0/colour', '/rule/any/1/grade']);
  assert.equal((await attempt('chengweimin', { audience: 'tried' })).status, 400, 'it may not name itself');

  const groups = await api('chengweimin', 'GET', '/api/v1/tenants/huaheng-jl/attributes/group');
  const counts = groups.body.items.map(({ people }) => people);
  assert.ok(groups.body.items.some(({ value }) => value === 'frontline'));
  assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
  for (const { value, people } of groups.body.items) assert.equal((await attempt('chengweimin', { group: value })).body.people, people, value);
  assert.deepEqual((await api('chengweimin', 'GET', '/api/v1/tenants/huaheng-jl/attributes/group?q=FRONT')).body.items.map(({ value }) => value), ['frontline']);
  const byName = await api('chengweimin', 'GET', `/api/v1/tenants/huaheng-jl/attributes/group?q=${encodeURIComponent('一线')}`);
  assert.deepEqual(byName.body.items.map(({ value, name }) => [value, name.zh]), [['frontline', '一线班组']]);
  assert.deepEqual((await api('chengweimin', 'GET', '/api/v1/tenants/huaheng-jl/attributes/grade')).body.items, []);
  for (const path of [`${place('tried')}/preview`, '/api/v1/tenants/huaheng-jl/attributes/group']) {
    const asked = path.endsWith('preview') ? ['POST', path, { rule: { all: [] } }] : ['GET', path];
    assert.equal((await api('sunlei', ...asked)).status, 403, 'rules tell about people');
  }
  assert.equal((await api('chengweimin', 'POST', `${place('tried')}/preview`, { rule: 7 })).status, 400);
});

test('whom a card is for can be changed: it is added again, for others', async () => {
  const additions = async () => (await api('chengweimin', 'GET', `${home}/draft`)).body.verbs.filter(({ verb, block }) => verb === 'add' && block === 'again');
  const add = { verb: 'add', block: 'again', component: 'rich-text', into: 'main', props: { text: 'one' } };
  await commanded('chengweimin', home, [add]);
  for (const audience of ['pair', 'party-members', undefined, 'pair']) {
    const [{ by: _by, since: _since, audience: _before, ...now }] = await additions();
    await commanded('chengweimin', home, [{ ...now, ...(audience && { audience }) }]);
    assert.deepEqual((await additions()).map((one) => [one.audience, one.props.text]), [[audience, 'one']]);
  }
  const notThere = await api('chengweimin', 'POST', `${home}/draft/commands`, { base: (await api('chengweimin', 'GET', `${home}/draft`)).body.version, verbs: [{ ...add, block: 'todo' }] });
  assert.deepEqual([notThere.status, notThere.body.errors[0].code], [400, 'layout.exists'], 'what is from above is not added again');
  await commanded('chengweimin', home, [{ verb: 'remove', block: 'again' }]);
});

test('who is taken in or let out sees it on her open page, at once', async () => {
  await commanded('chengweimin', home, [{ verb: 'add', block: 'for-pair', component: 'rich-text', into: 'main', audience: 'pair', props: { text: 'only for the pair' } }]);
  await published('chengweimin', home);
  const screens = {};
  for (const who of ['wangfang', 'sunlei', 'madeshun']) {
    screens[who] = await new Screen(server.base, cookies[who]).load();
    await screens[who].listen();
  }
  const has = (who) => { screens[who].take(); return screens[who].blocks.has('for-pair'); };
  try {
    assert.deepEqual(['wangfang', 'sunlei', 'madeshun'].map(has), [true, true, false]);
    await change('pair', { person: 'sunlei' });
    await until(() => !has('wangfang'), 'her block goes');
    assert.ok(has('sunlei'));
    await change('pair', { any: [{ person: 'wangfang' }, { person: 'sunlei' }] });
    await until(() => has('wangfang'), 'her block comes back');
    assert.ok(!screens.madeshun.stream.events.some(({ html }) => html?.includes('for-pair')));
  } finally {
    for (const screen of Object.values(screens)) screen.close();
  }
});

test('what cannot be is refused as a whole, every mistake with its pointer', async () => {
  const before = await api('chengweimin', 'GET', place('pair'));
  const mine = { 'If-Match': before.etag };
  const cases = [
    [{ all: [{ shoe: 43 }, { grade: 'high' }, { any: [{ audience: 'nowhere' }] }] }, ['/rule/all/0/shoe', '/rule/all/1/grade', '/rule/all/2/any/0/audience']],
    [{ audience: 'one' }, ['/rule/audience']],
    [{ audience: 'pair' }, ['/rule/audience']],
    [{}, ['/rule']],
    [{ tag: 'a', group: 'b' }, ['/rule']],
    [{ any: Array(250).fill({ tag: 'a' }) }, null],
  ];
  for (const [rule, places] of cases) {
    const { status, body } = await put('chengweimin', 'pair', rule, mine);
    assert.deepEqual([status, body.code], [400, 'edit.refused'], JSON.stringify(body));
    if (places) assert.deepEqual(body.errors.map(({ where }) => where).sort(), places, JSON.stringify(body.errors));
  }
  for (const [body, where] of [[{ name }, ''], [{ name: {}, rule: {} }, '/name'], [{ name, rule: [] }, '/rule'], [{ name, rule: { tag: 'x' }, more: 1 }, '/more']]) {
    const reply = await api('chengweimin', 'PUT', place('pair'), body, mine);
    assert.deepEqual([reply.status, reply.body.code, reply.body.where ?? ''], [400, 'desk.body', where], JSON.stringify(body));
  }
  assert.equal((await put('chengweimin', 'Not-Good', { tag: 'x' })).body.code, 'record.invalid');
  const now = await api('chengweimin', 'GET', place('pair'));
  assert.deepEqual([now.etag, now.body.rule], [before.etag, before.body.rule]);
});

test('only who may publish for the whole unit, and has seen it as it is', async () => {
  const rule = { tag: 'x' };
  const { etag } = await api('chengweimin', 'GET', place('pair'));
  const seen = { 'If-Match': etag };
  const cases = [
    [put('sunlei', 'pair', rule, seen), 403, 'auth.right'], [put('wangfang', 'pair', rule, seen), 403, 'auth.right'], [put('luoyunfei', 'pair', rule, seen), 403, 'auth.right'],
    [put('madeshun', 'new', rule), 403, 'auth.right'], [put(null, 'new', rule), 401, 'desk.sign_in'], [put('chengweimin', 'new', rule, fresh, 'huaheng'), 403, 'auth.right'],
    [api('sunlei', 'DELETE', place('nobody'), undefined, seen), 403, 'auth.right'],
    [put('chengweimin', 'pair', rule, {}), 428, 'desk.match'], [put('chengweimin', 'pair', rule, fresh), 412, 'audience.changed'],
    [put('chengweimin', 'pair', rule, { 'If-Match': '"0"' }), 412, 'audience.changed'], [put('chengweimin', 'new', rule, seen), 404, 'audience.none'],
    [put('chengweimin', 'party-members', rule, { 'If-Match': (await api('chengweimin', 'GET', place('party-members'))).etag }), 404, 'audience.none'],
    [api('chengweimin', 'GET', place('new')), 404, 'audience.none'], [put('zhoumingyuan', 'new', rule, fresh, 'nowhere'), 404, 'tenant.none'],
  ];
  for (const [reply, status, code] of cases) {
    const { status: is, body } = await reply;
    assert.deepEqual([is, body.code], [status, code], JSON.stringify(body));
  }
  const both = await Promise.all(['a', 'b'].map((tag) => put('chengweimin', 'nobody', { tag }, { 'If-Match': '"0"' })));
  assert.ok(both.every(({ status }) => status === 412));
  const { etag: now } = await api('chengweimin', 'GET', place('nobody'));
  const race = await Promise.all(['a', 'b', 'c', 'd'].map((tag) => put('chengweimin', 'nobody', { tag }, { 'If-Match': now })));
  assert.deepEqual(race.map(({ status }) => status).sort(), [200, 412, 412, 412]);
});

test('what is named anywhere below stays; what nothing names goes', async () => {
  const remove = async (id, unit) => {
    const { etag } = await api('zhoumingyuan', 'GET', place(id, unit));
    return api('zhoumingyuan', 'DELETE', place(id, unit), undefined, { 'If-Match': etag });
  };
  const users = async () => {
    const { status, body } = await remove('pair');
    assert.deepEqual([status, body.code], [409, 'audience.used']);
    return body.errors.map(({ where }) => where).sort();
  };
  assert.deepEqual(await users(), ['huaheng-jl/audience/one', 'huaheng-jl/layer/home']);
  await commanded('chengweimin', home, [{ verb: 'hide', block: 'for-pair' }]);
  assert.deepEqual(await users(), ['huaheng-jl/audience/one', 'huaheng-jl/draft/home', 'huaheng-jl/layer/home']);
  assert.equal((await remove('party-members', 'huaheng')).body.code, 'audience.used');
  assert.equal((await remove('one')).status, 204);
  assert.equal((await remove('nobody')).status, 204);
  assert.equal((await api('zhoumingyuan', 'GET', place('one'))).status, 404);
  await commanded('chengweimin', home, [{ verb: 'remove', block: 'for-pair' }]);
  await published('chengweimin', home);
  assert.equal((await remove('pair')).status, 204);
});
