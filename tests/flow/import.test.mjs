import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { get, root, run, scratch, signIn, startServer } from '../harness.mjs';

const demo = join(root, 'tenants/demo');
const unit = { id: 'acme', level: 'group', name: { zh: '示例', en: 'Acme' } };
const branch = { id: 'acme-east', level: 'province', parent: 'acme', name: { zh: '东部', en: 'East' } };
const person = { id: 'lin', login: 'lin', name: { zh: '林', en: 'Lin' }, post: { zh: '员工', en: 'Clerk' } };

/** A small good folder with some files replaced: objects are written as JSON, texts as they are. */
function folder(files = {}) {
  const dir = scratch();
  const all = { 'tenants.json': [unit, branch], 'people/acme-east.json': [person], 'layers/acme/home.json': { verbs: [] }, ...files };
  for (const [path, value] of Object.entries(all)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return dir;
}

const importing = (dir, data, ...args) => run(['tenant', 'import', dir, '--data', data, '--password', 'secret', ...args]);

test('a good folder is brought in, again too, and people sign in', async () => {
  const data = scratch();
  for (let i = 0; i < 2; i++) {
    const done = await importing(folder(), data);
    assert.deepEqual([done.code, done.out], [0, '2 units, 1 people, 0 records, 1 layers, 0 themes\n'], done.err);
  }
  const server = await startServer({ demo: false, data });
  assert.equal((await signIn(server.base, 'lin', 'secret')).status, 303);
  await server.stop();
});

test('habits become figures of the days before, once', async () => {
  const people = Array.from({ length: 5 }, (_, i) => ({ ...person, id: `lin${i}`, login: `lin${i}` }));
  const habit = { tenant: 'acme-east', person: 'lin0', days: 10, views: [2, 2, 2, 2, 2, 2, 2], hours: [0], pages: ['home', 'news'], components: ['todo', null, null] };
  const files = { 'people/acme-east.json': people, 'grants.json': [{ id: 'lin0', home: 'acme-east', person: 'lin0', role: 'designer', tenant: 'acme-east' }], 'usage.json': [habit] };
  const data = scratch();
  for (let i = 0; i < 2; i++) assert.equal((await importing(folder(files), data)).code, 0);
  const server = await startServer({ demo: false, data });
  const { cookie } = await signIn(server.base, 'lin0', 'secret');
  const { people: active, views, uses, days, pages, components } = await (await get(server.base, '/api/v1/tenants/acme-east/usage?days=12', cookie)).json();
  assert.deepEqual([active, views, uses, days.map((day) => day.views).slice(0, 3)], [1, 22, 8, [0, 2, 2]]);
  assert.deepEqual(pages, [{ page: 'home', people: 1, views: 11 }, { page: 'news', people: 1, views: 11 }]);
  assert.deepEqual(components, [{ component: 'todo', people: 1, uses: 8 }]);
  await server.stop();

  const wrong = [
    [{ ...habit, days: 92 }, 'days'], [{ ...habit, views: [1, 2] }, 'views'], [{ ...habit, views: [1, 2, 3, 4, 5, 6, 51] }, 'views'], [{ ...habit, hours: [24] }, 'hours'],
    [{ ...habit, pages: [] }, 'pages'], [{ ...habit, pages: [null] }, 'pages'], [{ ...habit, components: [] }, 'components'],
  ];
  const bad = await importing(folder({ ...files, 'usage.json': [...wrong.map(([one]) => one), { ...habit, person: 'nobody' }] }), scratch());
  assert.equal(bad.code, 3);
  assert.deepEqual(bad.errors.slice(0, 8).map(({ code, where }) => [code, where]), [...wrong.map((_, i) => ['import.habit', `usage.json/${i}`]), ['import.person', 'usage.json/7']]);
  wrong.forEach(([, member], i) => assert.match(bad.errors[i].text, new RegExp(`^\`${member}\``)));
});

test('rules are checked where they are written, together with what they name', async () => {
  const rules = (...list) => list.map((rule, i) => ({ id: `a${i}`, name: { zh: '甲' }, rule }));
  const mistakes = [
    [rules({ shoe: 43 }), 'audience.rule', 'records/acme/audience.json/0/rule/shoe'],
    [rules({ all: [] }, { any: [{ grade: 'high' }] }), 'audience.rule', 'records/acme/audience.json/1/rule/any/0/grade'],
    [rules({ audience: 'nobody' }), 'audience.none', 'records/acme/audience.json/0/rule/audience'],
    [rules({ audience: 'a1' }, { audience: 'a0' }), 'audience.loop', 'records/acme/audience.json/0/rule/audience'],
  ];
  for (const [list, code, where] of mistakes) {
    const done = await importing(folder({ 'records/acme/audience.json': list }), scratch());
    assert.equal(done.code, 3);
    assert.ok(done.errors.some((error) => error.code === code && error.where === where), JSON.stringify(done.errors));
  }
  const verbs = [{ verb: 'add', block: 'x', component: 'rich-text', into: 'main', audience: 'a0' }];
  const stray = await importing(folder({ 'layers/acme/home.json': { verbs } }), scratch());
  assert.deepEqual([stray.code, stray.errors[0].code, stray.errors[0].where], [3, 'layout.audience', 'layers/acme/home.json/verbs/0/audience']);
  // A unit below sees the audiences of those above; a rule that can hold nobody is only warned of.
  const below = { 'layers/acme-east/home.json': { verbs }, 'records/acme/audience.json': rules({ all: [{ tenant: 'acme' }, { tenant: 'acme-east' }] }) };
  const good = await importing(folder(below), scratch());
  assert.deepEqual([good.code, good.errors.map((error) => error.code)], [0, ['audience.nobody']], good.err);
});

test('every mistake of a folder is listed with its place, and nothing of it is brought in', async () => {
  const dir = scratch();
  cpSync(demo, dir, { recursive: true });
  const edit = (path, change) => writeFileSync(join(dir, path), change(readFileSync(join(dir, path), 'utf8')));
  edit('records/huaheng/news.json', (text) => text.replace('{', '{,'));
  edit('records/huaheng/task.json', (text) => { const list = JSON.parse(text); delete list[2].title; list[4].due = 'soon'; return JSON.stringify(list); });
  edit('people/huaheng-yl.json', (text) => { const list = JSON.parse(text); list[1].scheme = 'pink'; return JSON.stringify(list); });
  edit('layers/huaheng/home.json', (text) => { const layer = JSON.parse(text); layer.verbs[3].verb = 'jump'; return JSON.stringify(layer); });
  mkdirSync(join(dir, 'records/nowhere'));
  writeFileSync(join(dir, 'records/nowhere/task.json'), '[]');
  writeFileSync(join(dir, 'records/huaheng/dragons.json'), '[]');
  writeFileSync(join(dir, 'records/huaheng/message.json'), '{"id":"x"}');
  writeFileSync(join(dir, 'themes/huaheng.json'), JSON.stringify({ sets: { base: { color: { $type: 'color', a: { $value: '{color.b}' }, b: { $value: '{color.a}' } } } } }));
  const data = scratch();
  const done = await importing(dir, data);
  assert.equal(done.code, 3);
  assert.equal(done.out, '');
  const places = done.errors.map((error) => error.where);
  for (const place of ['records/huaheng/news.json', 'records/huaheng/task.json/2', 'records/huaheng/task.json/4', 'people/huaheng-yl.json/1',
    'layers/huaheng/home.json', 'records/nowhere/task.json', 'records/huaheng/dragons.json', 'records/huaheng/message.json', 'themes/huaheng.json'])
    assert.ok(places.some((where) => where.startsWith(place)), `${place} is not in ${places.join(' ')}`);
  for (const error of done.errors) assert.ok(error.code && error.where && error.text, JSON.stringify(error));
  const good = await importing(folder(), data);
  assert.equal(good.code, 0, `units of the bad folder are there: ${good.err}`);
  const server = await startServer({ demo: false, data });
  assert.equal((await signIn(server.base, 'wangfang', 'secret')).status, 401);
  assert.equal((await signIn(server.base, 'lin', 'secret')).status, 303);
  await server.stop();
});

const broken = {
  'no folder': [null, 'tenants.json'],
  'no units': [{ 'tenants.json': [] }, 'tenants.json'],
  'units that are no list': [{ 'tenants.json': { id: 'acme' } }, 'tenants.json'],
  'units that are no objects': [{ 'tenants.json': ['acme', 5, null] }, 'tenants.json'],
  'units cut short': [{ 'tenants.json': '[{"id":"acme"' }, 'tenants.json'],
  'a unit without a name': [{ 'tenants.json': [unit, { id: 'acme-east', parent: 'acme', level: 'x' }] }, 'tenants.json/1'],
  'a unit with a parent that is not': [{ 'tenants.json': [unit, { ...branch, parent: 'nobody' }] }, 'tenants.json/1'],
  'a unit below itself': [{ 'tenants.json': [unit, { ...branch, parent: 'acme-east' }] }, 'tenants.json/1'],
  'two roots': [{ 'tenants.json': [unit, { ...branch, parent: undefined }] }, 'tenants.json/1'],
  'two units of one id': [{ 'tenants.json': [unit, branch, branch] }, 'tenants.json/2'],
  'people that are no objects': [{ 'people/acme-east.json': ['lin'] }, 'people/acme-east.json'],
  'a person without an id': [{ 'people/acme-east.json': [{ ...person, id: undefined }] }, 'people/acme-east.json/0'],
  'people of no unit': [{ 'people/nowhere.json': [person] }, 'people/nowhere.json'],
  'a layer that is a list': [{ 'layers/acme/home.json': [] }, 'layers/acme/home.json'],
  'an empty file': [{ 'layers/acme/home.json': '' }, 'layers/acme/home.json'],
  'bytes that are no text': [{ 'layers/acme/home.json': '{"verbs":"\x00\x01"}' }, 'layers/acme/home.json'],
};
for (const [name, [files, place]] of Object.entries(broken)) {
  test(`refused with its place: ${name}`, async () => {
    const data = scratch();
    const done = await importing(files ? folder(files) : join(data, 'nowhere'), data);
    assert.equal(done.code, 3, `${done.signal} ${done.out} ${done.err}`);
    assert.ok(done.errors.some((error) => error.where.startsWith(place)), done.err);
    const server = await startServer({ demo: false, data });
    assert.equal((await signIn(server.base, 'lin', 'secret')).status, 401);
    await server.stop();
  });
}

test('a store without room refuses the whole import and keeps what it has', async () => {
  const data = scratch();
  assert.equal((await importing(folder(), data)).code, 0);
  const done = await importing(demo, data, '--store-mib', '1');
  assert.equal(done.code, 4, done.err);
  assert.equal(done.errors[0].code, 'store.full');
  const server = await startServer({ demo: false, data });
  const { cookie } = await signIn(server.base, 'lin', 'secret');
  assert.ok(cookie);
  assert.equal((await signIn(server.base, 'wangfang', 'secret')).status, 401, 'a part of the refused import is there');
  assert.equal((await get(server.base, '/w/home', cookie)).status, 200);
  await server.stop();
});

test('arguments that cannot be used are said, with exit 2', async () => {
  for (const args of [[], ['a', 'b'], ['x', '--nope', '1'], ['x', '--data'], ['x', '--store-mib', 'many']]) {
    const done = await run(['tenant', 'import', ...args]);
    assert.ok(done.code === 2 || args.includes('many'), `${args}: ${done.code} ${done.err}`);
    assert.ok(done.err.length > 10);
  }
});

test('a grant is for a person and a unit that are there', async () => {
  const grant = { id: 'g', home: 'acme-east', person: 'lin', role: 'designer', tenant: 'acme' };
  const good = await importing(folder({ 'grants.json': [grant] }), scratch());
  assert.equal(good.code, 0, good.err);
  const bad = await importing(folder({
    'grants.json': [{ ...grant, home: 'acme' }, { ...grant, tenant: 'other' }, { ...grant, role: 'king' }],
  }), scratch());
  assert.deepEqual(bad.errors.slice(0, 3).map(({ code, where }) => [code, where.split(' ')[0]]), [
    ['record.invalid', 'grants.json/2/role'], ['import.person', 'grants.json/0'], ['import.tenant', 'grants.json/1']]);
});

test('whoever is removed is gone with all that was hers, also for the next of her name', async () => {
  const data = scratch();
  const grant = { id: 'g', home: 'acme-east', person: 'lin', role: 'designer', tenant: 'acme-east' };
  const files = folder({ 'grants.json': [grant] });
  const brought = await importing(files, data);
  assert.equal(brought.code, 0, brought.err);
  const session = await run(['person', 'session', '--data', data], { input: 'acme-east lin\n' });
  const cookie = `sid=${session.out.trim()}`;
  const gone = await run(['person', 'remove', 'acme-east', 'lin', '--data', data]);
  assert.equal(gone.code, 0, gone.err);
  const again = await run(['person', 'remove', 'acme-east', 'lin', '--data', data]);
  assert.deepEqual([again.code, again.errors[0].code], [3, 'scope.person']);
  assert.equal((await run(['person', 'remove', 'nowhere', 'lin', '--data', data])).errors[0].code, 'tenant.none');
  const back = await importing(folder(), data);
  assert.equal(back.code, 0, back.err);
  const server = await startServer({ demo: false, data });
  assert.equal((await get(server.base, '/w/home', cookie)).status, 303, 'a session of before');
  const hers = (await signIn(server.base, 'lin', 'secret')).cookie;
  assert.equal((await get(server.base, '/api/v1/tenants/acme-east/layers/home', hers)).status, 403, 'a role of before');
  await server.stop();
});
