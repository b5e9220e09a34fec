import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf, root, run, scratch } from '../harness.mjs';

/** A component that shows one line, with some of its files replaced. */
function component(files = {}) {
  const dir = join(scratch(), 'note');
  const all = {
    'component.lua': `return { name = "note", title = { zh = "便签", en = "Note" }, icon = "note",
      props = { type = "object", properties = { text = { type = "string", default = "x", title = { zh = "文字", en = "Text" } } } },
      load = function(ctx) return { text = ctx.props.text } end, example = { props = { text = "hello" } } }`,
    'view.html': '<ui-card title="{{words.title}}"><p>{{text}}</p></ui-card>',
    'words/zh.json': '{"title":"便签"}',
    'words/en.json': '{"title":"Note"}',
    'spec.lua': 'return { { name = "shows", shows = "hello" }, { name = "escapes", props = { text = "<b>" }, shows = "&lt;b&gt;", hides = "<b>" } }',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const failsWith = async (args, code, error, place) => {
  const done = await run(args);
  assert.equal(done.code, code, `${args.join(' ')}: ${done.out} ${done.err}`);
  const found = done.errors.find((one) => one.code.startsWith(error));
  assert.ok(found, `${error} is not in ${done.err}`);
  if (place) assert.match(`${found.where} ${found.text}`, place);
};

test('no words, unknown words and help', async () => {
  for (const args of [[], ['fly'], ['component'], ['component', 'fly'], ['serve', '--fly'], ['schema', 'check'], ['component', 'render']]) {
    const done = await run(args);
    assert.equal(done.code, 2, args.join(' '));
    assert.equal(done.out, '');
    assert.ok(done.err.includes('pinban'));
  }
  const help = await run(['help']);
  assert.equal(help.code, 0);
  for (const command of ['serve', 'tenant import', 'component new', 'schema check']) assert.ok(help.out.includes(`pinban ${command}`), command);
});

test('a new component is good from the start, under any name that may be', async () => {
  for (const name of ['mine', 'a', 'day', 'x'.repeat(47)]) {
    const folder = scratch();
    const made = await run(['component', 'new', name, join(folder, 'pack')]);
    assert.equal(made.code, 0, made.err);
    const dir = join(folder, 'pack', name);
    assert.deepEqual(readdirSync(dir).sort(), ['component.lua', 'spec.lua', 'view.html', 'words']);
    const check = await run(['component', 'check', dir]);
    assert.deepEqual([check.code, check.out], [0, `${dir}: good\n`], check.err);
    const spec = await run(['component', 'test', dir]);
    assert.equal(spec.code, 0, spec.out + spec.err);
    const html = await run(['component', 'render', dir]);
    assert.equal(html.code, 0, html.err);
    assert.match(html.out, /<section class="card/);
  }
});

test('a new component is refused a bad name and a place that is taken', async () => {
  for (const name of ['', 'A', '1a', '-a', '../a', 'a b', 'ä', 'x'.repeat(48)]) await failsWith(['component', 'new', name, scratch()], 2, 'component.name');
  const folder = scratch();
  await run(['component', 'new', 'mine', folder]);
  await failsWith(['component', 'new', 'mine', folder], 1, 'component.new');
  await failsWith(['component', 'new', 'mine', '/proc/nowhere'], 1, 'component.new');
});

test('what is wrong with a component is said with its place', async () => {
  const cases = [
    [{ 'component.lua': 'return {\n  name = "note"\n  title = 5 }' }, 'script.', /component\.lua:?.*3|3/],
    [{ 'component.lua': 'return 5' }, '', /component/],
    [{ 'component.lua': 'error("no")' }, '', /component\.lua/],
    [{ 'component.lua': 'while true do end' }, 'script.', /component/],
    [{ 'view.html': '<ui-card title="x"><ui-nothing/></ui-card>' }, 'view.', /view\.html/],
    [{ 'view.html': '<p onclick="x()">a</p>' }, 'view.', /view\.html/],
    [{ 'view.html': '<script>x</script>' }, 'view.', /view\.html/],
    [{ 'view.html': '<p>{{text</p>' }, 'view.', /view\.html/],
    [{ 'view.html': '<p>' }, 'view.', /view\.html/],
    [{ 'words/en.json': '{' }, 'doc.', /words\/en\.json/],
    [{ 'style.css': 'body { color: red }' }, '', /style\.css/],
  ];
  for (const [files, error, place] of cases) {
    const dir = component(files);
    const done = await run(['component', 'check', dir]);
    assert.ok([1, 2, 3].includes(done.code), `${JSON.stringify(files)}: ${done.code} ${done.out}`);
    assert.ok(done.errors[0]?.code.startsWith(error), `${JSON.stringify(files)}: ${done.err}`);
    assert.match(`${done.errors[0].where} ${done.errors[0].text}`, place, done.err);
  }
  await failsWith(['component', 'check', component({ 'component.lua': 'return { name = "note", load = function() return {} end }' })], 1, 'component.title');
  const noted = (props) => `return { name = "note", title = { zh = "a", en = "a" }, example = { props = {} }, props = { type = "object", ${props} } }`;
  const titled = 'title = { zh = "a", en = "a" }';
  await failsWith(['component', 'check', component({ 'component.lua': noted(`["x-groups"] = { { ${titled}, properties = { "far" } } }`) })], 1, 'component.group');
  await failsWith(['component', 'check', component({ 'component.lua': noted(`properties = { head = { ["x-word"] = "far", ${titled} } }`) })], 1, 'component.word');
  await failsWith(['component', 'check', join(scratch(), 'nowhere')], 2, 'component.file');
});

test('what the packages of the house hold is all good', async () => {
  const folder = join(root, 'components/standard');
  const names = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory() && one.name !== 'collections').map((one) => one.name);
  assert.ok(names.length >= 17);
  for (const name of names) {
    const [check, spec] = await Promise.all([run(['component', 'check', join(folder, name)]), run(['component', 'test', join(folder, name)])]);
    assert.equal(check.code, 0, `${name}: ${check.err}`);
    assert.equal(spec.code, 0, `${name}: ${spec.out}${spec.err}`);
  }
});

test('render gives HTML or the model, from a folder or one Lua file', async () => {
  const dir = component();
  const html = await run(['component', 'render', dir, '--props', '{"text":"<i>&"}']);
  assert.deepEqual([html.code, html.out.includes('<p>&lt;i&gt;&amp;</p>')], [0, true], html.out + html.err);
  const model = await run(['component', 'render', dir, '--props', '{"text":"a"}', '--as', 'model']);
  assert.deepEqual([model.code, JSON.parse(model.out)], [0, { text: 'a' }]);
  const file = join(scratch(), 'alone.lua');
  writeFileSync(file, 'return { load = function(ctx) return { 1, "two", { three = ctx.actor.id } } end }');
  const alone = await run(['component', 'render', file, '--as', 'model', '--person', '{"id":"lin"}']);
  assert.deepEqual([alone.code, JSON.parse(alone.out)], [0, [1, 'two', { three: 'lin' }]], alone.err);
});

test('render says what failed: 2 for what it was given, 3 for the component', async () => {
  const dir = component();
  for (const args of [['--props', '{'], ['--props', '[1,]'], ['--data', 'nope'], ['--person', '{"id":}'], ['--now', 'tomorrow']])
    await failsWith(['component', 'render', dir, ...args], 2, '');
  await failsWith(['component', 'render', join(dir, 'nowhere')], 2, 'component.file');
  assert.equal((await run(['component', 'render', dir, '--as', 'picture'])).code, 2);
  for (const load of ['error("no")', 'return ctx.nothing.here', 'while true do end', 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end', 'return ctx.data.query("secret")'])
    await failsWith(['component', 'render', component({ 'component.lua': `return { name = "note", load = function(ctx) ${load} end }` })], 3, '');
});

test('test says which case fails and why', async () => {
  const done = await run(['component', 'test', component({ 'spec.lua': 'return { { name = "good", shows = "hello" }, { name = "bad", shows = "bye" } }' })]);
  assert.equal(done.code, 1);
  assert.equal(done.out, 'ok 1 good\nnot ok 2 bad\n');
  assert.match(done.errors[0].text, /lacks "bye"/);
  await failsWith(['component', 'test', component({ 'spec.lua': 'return {' })], 3, 'script.');
  await failsWith(['component', 'test', scratch()], 2, 'component.file');
});

test('schema check: 0 valid, 1 with a line for each error, 2 for what is no schema or no JSON', async () => {
  const folder = scratch();
  const file = (name, text) => { writeFileSync(join(folder, name), text); return join(folder, name); };
  const schema = file('schema.json', '{"type":"object","required":["a"],"properties":{"a":{"type":"integer"},"b":{"maxLength":2}}}');
  const good = await run(['schema', 'check', schema, file('good.json', '{"a":1}')]);
  assert.deepEqual([good.code, good.out], [0, '']);
  const bad = await run(['schema', 'check', schema, file('bad.json', '{"a":"x","b":"long"}')]);
  assert.equal(bad.code, 1);
  const lines = bad.out.trim().split('\n').map((line) => line.split('\t'));
  assert.deepEqual(lines.map(([pointer, keyword]) => [pointer, keyword]), [['/a', 'type'], ['/b', 'maxLength']]);
  assert.ok(lines.every((line) => line[2].length > 3));
  assert.equal((await run(['schema', 'check', file('no.json', '{"type":"dragon"}'), join(folder, 'good.json')])).code, 2);
  for (const text of ['', '{', '{"a":1,}', "{'a':1}", '{"a":01}', '"\u0001"', '[1] 2', '{"a":"\\ud800"}'.slice(0, 9)])
    await failsWith(['schema', 'check', schema, file('broken.json', text)], 2, 'doc.');
  await failsWith(['schema', 'check', schema, join(folder, 'nowhere.json')], 2, 'schema.file');
});

test('a package cannot take a collection that is not its own', async () => {
  const data = scratch();
  const units = [{ id: 'acme', level: 'group', name: { zh: '一', en: 'One' } }];
  const made = await run(['tenant', 'import', folderOf({ 'tenants.json': units }), '--data', data]);
  assert.equal(made.code, 0, made.err);
  const wares = (name, collection) => folderOf({
    'package.lua': `return { name = "${name}", version = "1.0.0", title = { zh = "包", en = "Package" } }`,
    [`collections/${collection.name}.json`]: collection,
  });
  for (const [name, collection] of [['evil', { name: 'person', indexes: [] }], ['evil', { name: 'grant', indexes: [] }], ['evil', { name: 'news', indexes: [] }]])
    await failsWith(['package', 'install', wares(name, collection), '--data', data], 3, 'store.owner', new RegExp(collection.name));
  assert.equal((await run(['package', 'install', wares('good', { name: 'thing', indexes: [] }), '--data', data])).code, 0);
  assert.equal((await run(['package', 'install', wares('good', { name: 'thing', indexes: [{ name: 'at', fields: ['at'] }] }), '--data', data])).code, 0);
  await failsWith(['package', 'install', wares('other', { name: 'thing', indexes: [] }), '--data', data], 3, 'store.owner', /good/);
});

test('a package that is refused has defined nothing', async () => {
  const data = scratch();
  const thing = (name, ...indexes) => folderOf({
    'package.lua': `return { name = "${name}", version = "1.0.0", title = { zh = "包", en = "Package" } }`,
    'collections/thing.json': { name: 'thing', indexes },
  });
  const units = folderOf({ 'tenants.json': [{ id: 'acme', level: 'group', name: { zh: '一', en: 'One' } }] });
  await failsWith(['package', 'install', thing('early'), '--data', data], 3, 'package.root');
  assert.equal((await run(['tenant', 'import', units, '--data', data])).code, 0);
  await failsWith(['package', 'install', thing('standard'), '--data', data], 3, 'package.name');
  const done = await run(['package', 'install', thing('good', { name: 'at', fields: ['at'] }), '--data', data]);
  assert.equal(done.code, 0, done.err);
});

test('what a component is tried in goes away with the trial', async () => {
  const room = scratch();
  assert.equal((await run(['component', 'test', component()], { env: { TMPDIR: room } })).code, 0);
  assert.deepEqual(readdirSync(room), []);
});
