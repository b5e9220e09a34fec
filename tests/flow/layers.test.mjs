// Layers as code, and why a page is as it is: the command line over a data folder.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { get, post, root, run, scratch, signIn, startServer } from '../harness.mjs';

const data = scratch();
before(async () => {
  const done = await run(['tenant', 'import', join(root, 'tenants/demo'), '--data', data, '--password', 'pinban-demo', '--fast']);
  assert.equal(done.code, 0, done.err);
});

const layer = (what, folder, ...more) => run(['layer', what, folder, '--data', data, ...more]);
const explain = async (tenant, person, page = 'home', ...more) => {
  const done = await run(['layout', 'resolve', '--tenant', tenant, '--page', page, '--person', person, '--data', data, ...more]);
  assert.equal(done.code, 0, done.err);
  return JSON.parse(done.out);
};
const files = (folder) => Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  .map((one) => join(one.parentPath, one.name)).sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
const write = (folder, path, value) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), typeof value === 'string' ? value : JSON.stringify(value));
};

test('layers come out, go in and come out the same, byte for byte', async () => {
  const [first, second] = [scratch(), scratch()];
  assert.equal((await layer('export', first)).out, '26 layers\n');
  const one = files(first);
  assert.equal(Object.keys(one).length, 26);
  assert.equal(one['layers/huaheng-sy/home.json'], `{
  "about": "Shuoyuan keeps it short: apps first, no pictures.",
  "verbs": [
    {"after":"","block":"apps","verb":"move"},
    {"at":"/limit","block":"apps","value":11,"verb":"set"},
    {"block":"banner","verb":"remove"},
    {"block":"mix","verb":"hide"}
  ]
}
`);
  assert.equal((await layer('import', first)).out, '26 layers\n');
  await layer('export', second);
  assert.deepEqual(files(second), one);
  for (const folder of [first, join(root, 'tenants/demo')]) {
    const same = await layer('diff', folder);
    assert.deepEqual([same.code, same.out], [0, '']);
  }
});

test('differences are told verb by verb, and a folder with a mistake changes nothing', async () => {
  const folder = scratch();
  await layer('export', folder);
  const path = 'layers/huaheng-sy/home.json';
  const text = files(folder)[path];
  write(folder, path, text.replace('11', '12'));
  write(folder, 'layers/huaheng-sy/todo.json', { verbs: [] });
  const told = await layer('diff', folder);
  assert.equal(told.code, 1);
  assert.equal(told.out, `- ${path} {"at":"/limit","block":"apps","value":11,"verb":"set"}
+ ${path} {"at":"/limit","block":"apps","value":12,"verb":"set"}
~ ${path} apps /limit: 11 → 12
+ layers/huaheng-sy/todo.json
`);
  assert.match((await layer('diff', folder, '--lang', 'zh')).out, /^~ \S+ apps 的 \/limit：11 → 12$/m);
  assert.equal((await layer('diff', folder, '--lang', 'fr')).code, 2);
  for (const [place, bad, code] of [
    ['layers/huaheng-sy/todo.json', { verbs: [{ verb: 'jump', block: 'a' }] }, 'record.invalid'],
    ['layers/huaheng-sy/todo.json', '{', 'doc.syntax'],
    ['layers/huaheng-sy/todo.json', { verbs: [], stage: { number: 1, run: 1, verbs: [] } }, 'import.stage'],
    ['layers/huaheng-sy/todo.json', { verbs: [{ verb: 'hide', block: 'a', audience: 'nobody-knows' }] }, 'layout.audience'],
    ['layers/elsewhere/home.json', { verbs: [] }, 'import.tenant'],
  ]) {
    write(folder, 'layers/huaheng-sy/todo.json', { verbs: [] });
    write(folder, place, bad);
    const done = await layer('import', folder);
    assert.deepEqual([done.code, done.errors[0].code], [3, code], done.err);
    assert.ok(done.errors[0].where.startsWith(place), done.err);
    assert.match((await layer('export', scratch())).out, /^26 /);
  }
  assert.equal((await layer('import', scratch())).errors[0].code, 'import.layers');
  assert.equal((await layer('export', '/dev/null/x')).errors[0].code, 'layer.file');
  assert.equal((await run(['layer', 'export', '--data', data])).code, 2);
});

test('a layer that contradicts itself or what is above is refused as a whole, each mistake at its verb', async () => {
  const folder = scratch();
  // The program ends with the first of them again.
  const sy = 'layers/huaheng-sy/home.json';
  const add = (block, more) => ({ verb: 'add', block, component: 'rich-text', into: 'main', props: { text: block }, ...more });
  const cases = [
    [[{ verb: 'set', block: 'nothing', at: '/limit', value: 1 }], [['layout.orphan', '/verbs/0/block']]],
    [[add('one', { after: 'two' }), add('two', { after: 'one' })], [['layout.loop', '/verbs/0'], ['layout.loop', '/verbs/1']]],
    [[{ verb: 'move', block: 'todo', into: 'todo/content' }], [['layout.loop', '/verbs/0']]],
    [[add('one', { into: 'two/content' }), add('two', { into: 'one/content' })], [['layout.loop', '/verbs/0'], ['layout.orphan', '/verbs/1/into']]],
    [[add('one', { after: 'nothing' })], [['layout.anchor', '/verbs/0/after']]],
    [[add('todo')], [['layout.exists', '/verbs/0/block']]],
    [[add('one', { into: 'nothing/content' })], [['layout.orphan', '/verbs/0/into']]],
    [[{ verb: 'hide', block: 'sales' }, { verb: 'hide', block: 'x', audience: 'nobody-knows' }], [['layout.audience', '/verbs/1/audience'], ['layout.orphan', '/verbs/1/block']]],
    [Array.from({ length: 2001 }, (_, i) => ({ verb: 'set', block: 'todo', at: `/p${i}`, value: i })), [['record.invalid', '/verbs']]],
  ];
  for (const [verbs, told] of cases) {
    write(folder, sy, { verbs });
    const done = await layer('import', folder);
    assert.equal(done.code, 3, JSON.stringify(verbs).slice(0, 200));
    assert.deepEqual(done.errors.slice(0, -1).map(({ code, where }) => [code, where.replace(sy, '').replace(/^\/0\/verbs/, '/verbs').split(' ')[0]]).sort(), told, done.err);
  }
  // What one import brings is looked at together: a layer below may speak of what one above adds, and is bound by what that locks.
  const above = JSON.parse(readFileSync(join(root, 'tenants/demo/layers/huaheng/home.json'), 'utf8'));
  write(folder, 'layers/huaheng/home.json', { ...above, verbs: [...above.verbs, add('fresh'), { verb: 'lock', block: 'agenda', lock: 'required' }] });
  write(folder, sy, { verbs: ['fresh', 'agenda', 'never'].map((block) => ({ verb: 'hide', block })) });
  assert.deepEqual((await layer('import', folder)).errors.slice(0, -1).map(({ code, where }) => [code, where]),
    [['layout.locked', `${sy}/verbs/1`], ['layout.orphan', `${sy}/verbs/2/block`]]);
  assert.equal((await layer('diff', join(root, 'tenants/demo'))).out, '', 'nothing of it was brought in');
});

test('what is brought in replaces a layer only where it differs; what waited for it is stale, and all can be brought back', async () => {
  const folder = scratch();
  const own = scratch();
  const path = 'layers/huaheng-sy/home.json';
  const address = '/api/v1/tenants/huaheng-sy/layers/home';
  assert.equal((await run(['tenant', 'import', join(root, 'tenants/demo'), '--data', own, '--password', 'pinban-demo', '--fast'])).code, 0);
  const tool = (what) => run(['layer', what, folder, '--data', own]);
  let server = await startServer({ demo: false, data: own });
  const api = async (method, place, body, headers = {}) => {
    const { cookie } = await signIn(server.base, 'zhoumingyuan');
    const reply = await fetch(server.base + address + place, { method, headers: { cookie, 'Content-Type': 'application/json', ...headers }, body: body && JSON.stringify(body) });
    return { status: reply.status, etag: reply.headers.get('etag'), body: await reply.json() };
  };
  const publish = async (value, more) => {
    const { version } = (await api('GET', '/draft')).body;
    assert.equal((await api('POST', '/draft/commands', { base: version, verbs: [{ verb: 'set', block: 'todo', at: '/limit', value }] })).status, 200);
    const { etag } = await api('GET', '/draft');
    return (await api('POST', '/draft/publish', { reason: 'test', ...more }, { 'If-Match': etag })).body;
  };
  const restart = async (between) => {
    await server.stop({ keep: true });
    await between();
    server = await startServer({ demo: false, data: own });
  };
  const first = await publish(5);
  assert.equal(first.state, 'published');
  const waits = await publish(7, { at: new Date(Date.now() + 3600e3).toISOString() });
  assert.equal(waits.state, 'scheduled');
  await restart(async () => {
    assert.equal((await tool('export')).code, 0);
    assert.doesNotMatch(files(folder)[path], /revision/, 'its number is the store\'s');
    assert.equal((await tool('import')).code, 0);
  });
  assert.equal((await api('GET', '')).body.revision, first.number, 'the same again changes nothing');
  await restart(async () => {
    write(folder, path, files(folder)[path].replace('"value":5', '"value":3'));
    assert.equal((await tool('import')).code, 0);
  });
  assert.equal((await api('POST', `/revisions/${waits.number}/withdraw`, { reason: 'replaced' })).status, 200);
  const last = await publish(8);
  assert.equal(last.follows, last.number - 1, 'what was brought in is a revision of its own');
  for (const [number, value] of [[first.number, 5], [last.follows, 3]]) {
    assert.equal((await api('POST', `/revisions/${number}/rollback`, { reason: 'back' })).status, 200);
    assert.equal((await api('GET', '')).body.verbs.find((verb) => verb.block === 'todo' && verb.at === '/limit').value, value);
  }
  await server.stop();
});

test('it is said of each block whether it is shown and why, and where each property comes from', async () => {
  const page = await explain('huaheng-sy-shuanglin', 'madeshun', 'home', '--explain');
  const block = (id) => page.blocks.find((one) => one.id === id);
  assert.deepEqual(page.layers.map((one) => `${one.unit} ${one.layer}`), ['huaheng home', 'huaheng home:equipment', 'huaheng-sy home', 'huaheng-sy-shuanglin home']);
  assert.deepEqual([block('party').shown, block('party').why, block('party').audience], [false, 'audience', 'party-members']);
  assert.deepEqual([block('sales').why, block('sales').visibility.unit], ['hidden', 'huaheng-sy-shuanglin']);
  assert.deepEqual(block('apps').properties.find((one) => one.at === '/limit').by, { unit: 'huaheng-sy', layer: 'home', verb: 'set' });
  assert.equal(block('apps').placed.unit, 'huaheng-sy');
  assert.equal(block('todo').properties.find((one) => one.at === '/limit').value, 6);
  assert.deepEqual(block('todo').properties.find((one) => one.at === '/limit').over, {}, 'the default of the component');
  assert.deepEqual(block('notice').locks.map((one) => [one.lock, one.by.unit]), [['fixed', 'huaheng'], ['required', 'huaheng']]);
  assert.ok(!block('banner'), 'it was removed');
  const gets = await explain('huaheng-sy-shuanglin', 'madeshun');
  assert.deepEqual(gets.regions.main.map((one) => one.id), page.blocks.filter((one) => one.region === 'main' && one.shown).map((one) => one.id));
  const nobody = await run(['layout', 'resolve', '--tenant', 'huaheng', '--page', 'home', '--person', 'nobody', '--data', data]);
  assert.deepEqual([nobody.code, nobody.errors[0].code], [3, 'scope.person']);
  assert.equal((await run(['layout', 'resolve', '--tenant', 'huaheng', '--data', data])).code, 2);
});

test('what is newly required is marked for whoever arranged her page, until she has seen it', async () => {
  const folder = scratch();
  let server = await startServer({ demo: false, data });
  let { cookie } = await signIn(server.base, 'wangfang');
  await post(server.base, '/arrange', { page: 'home', move: 'news', after: '' }, { cookie });
  await server.stop();

  const page = await explain('huaheng-jl', 'wangfang', 'home', '--explain');
  assert.deepEqual(page.blocks.find((one) => one.id === 'news').placed, { unit: 'wangfang', layer: 'home', verb: 'move' });
  const since = new Date(Date.now() + 1000).toISOString();
  const path = 'layers/huaheng-jl/todo.json';
  write(folder, path, { verbs: [] });
  const home = JSON.parse(readFileSync(join(root, 'tenants/demo/layers/huaheng-jl/home.json'), 'utf8'));
  home.verbs.push({ verb: 'add', block: 'drill', component: 'rich-text', into: 'main', after: 'todo', since, props: { title: '应急演练', text: '周三 9:00' } },
    { verb: 'lock', block: 'drill', lock: 'required', since });
  write(folder, 'layers/huaheng-jl/home.json', home);
  assert.equal((await layer('import', folder)).code, 0);

  server = await startServer({ demo: false, data });
  ({ cookie } = await signIn(server.base, 'wangfang'));
  const look = async (who = cookie) => (await get(server.base, '/w/home', who)).text();
  assert.match(await look(), /id="b-drill"><p class="new-mark">新<\/p>/);
  assert.match(await look(), /<main[^>]*><div class="b [^"]*" id="b-news">/);
  await new Promise((resolve) => { setTimeout(resolve, Math.max(0, Date.parse(since) - Date.now() + 1000)); });
  await post(server.base, '/arrange', { page: 'home', seen: 'all' }, { cookie, Accept: 'application/json' });
  const after = await look();
  assert.ok(after.includes('id="b-drill"') && !after.includes('new-mark'));
  await server.stop();
});
