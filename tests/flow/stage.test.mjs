// A revision for some people first: by unit and by percentage, on to all, halted by hand and by a component that fails,
// brought back, across a restart; and who may not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApi } from '../api.mjs';
import { folderOf, get, run, scratch, startServer } from '../harness.mjs';

const COUNT = 120;
const people = (unit) => Array.from({ length: COUNT }, (_, i) => ({ id: `${unit}-${i}`, name: `${unit} ${i}` }));
const organisation = {
  'tenants.json': [
    { id: 'acme', level: 'group', name: { zh: '示例', en: 'Acme' } },
    { id: 'east', parent: 'acme', level: 'province', name: { zh: '东', en: 'East' } },
    { id: 'west', parent: 'acme', level: 'province', name: { zh: '西', en: 'West' } },
    { id: 'coast', parent: 'east', level: 'city', name: { zh: '海', en: 'Coast' } },
  ],
  'people/acme.json': [{ id: 'ann', name: 'Ann' }, { id: 'bob', name: 'Bob' }],
  'people/east.json': people('east'),
  'people/west.json': people('west'),
  'people/coast.json': people('coast').slice(0, 5),
  'layers/acme/home.json': {
    verbs: [
      { verb: 'set', block: 'page', at: '/title', value: { zh: '旧', en: 'Old' } },
      { verb: 'add', block: 'card', component: 'trial/flaky', into: 'main' },
    ],
  },
  'grants.json': [['ann', 'designer'], ['bob', 'publisher']].map(([id, role]) => ({ id, home: 'acme', person: id, role, tenant: 'acme' })),
};
const wares = {
  'package.lua': "return { name = 'trial', version = '1.0.0', title = { zh = '试验', en = 'Trial' } }\n",
  'flaky/component.lua': `return { name = 'flaky', title = { zh = '试', en = 'Flaky' }, icon = 'bolt', sizes = { default = 'full', min = 'full' },
    props = { type = 'object', additionalProperties = false, properties = { bad = { type = 'boolean', default = false } } },
    load = function(ctx) if ctx.props.bad then error('no wind') end return { name = ctx.actor.name } end }\n`,
  'flaky/view.html': '<ui-card title="{{name}}"></ui-card>\n',
  'flaky/words/zh.json': '{}',
  'flaky/words/en.json': '{}',
};

let server;
let call;
const data = scratch();
const cookies = {};
const layer = '/api/v1/tenants/acme/layers/home';

before(async () => {
  const imported = await run(['tenant', 'import', folderOf(organisation), '--data', data]);
  assert.equal(imported.code, 0, imported.err);
  const installed = await run(['package', 'install', folderOf(wares), '--data', data]);
  assert.equal(installed.code, 0, installed.err);
  const who = Object.entries(organisation).filter(([path]) => path.startsWith('people/'))
    .flatMap(([path, all]) => all.map(({ id }) => [path.slice(7, -5), id]));
  const { out } = await run(['person', 'session', '--data', data], { input: who.map((one) => `${one.join(' ')}\n`).join('') });
  out.trim().split('\n').forEach((token, i) => { cookies[who[i][1]] = `sid=${token}`; });
  server = await startServer({ demo: false, data });
  call = await openApi(() => server);
});
after(() => server.stop());

const api = (who, ...rest) => call(cookies[who], ...rest);
const page = async (who) => (await get(server.base, '/w/home', cookies[who])).text();
const shows = async (who, text) => (await page(who)).includes(`<title>${text}`);
const everybody = ['east', 'west'].flatMap((unit) => people(unit).map(({ id }) => id));
async function whoSees(text, all = everybody) {
  const seen = await Promise.all(all.map((who) => shows(who, text)));
  return all.filter((_, i) => seen[i]);
}
async function command(verbs) {
  const { version } = (await api('bob', 'GET', `${layer}/draft`)).body;
  const { status, body } = await api('bob', 'POST', `${layer}/draft/commands`, { base: version, verbs });
  assert.equal(status, 200, JSON.stringify(body));
}
async function publish(more, who = 'bob') {
  const { etag } = await api(who, 'GET', `${layer}/draft`);
  return api(who, 'POST', `${layer}/draft/publish`, { reason: 'test', ...more }, { 'If-Match': etag });
}
async function staged(title, more, verbs = []) {
  await command([{ verb: 'set', block: 'page', at: '/title', value: { zh: title, en: title } }, ...verbs]);
  const { status, body } = await publish(more);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.state, 'staged');
  return body;
}
const read = async (number) => (await api('bob', 'GET', `${layer}/revisions/${number}`));
async function step(what, number, who = 'bob') {
  const { etag } = await read(number);
  return api(who, 'POST', `${layer}/revisions/${number}/${what}`, { reason: `to ${what}` }, { 'If-Match': etag });
}
async function stepped(...args) {
  const { status, body } = await step(...args);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
async function until(what) {
  for (let i = 0; i < 60 && !(await what()); i++) await new Promise((resolve) => { setTimeout(resolve, 100); });
  assert.ok(await what());
}

test('a revision reaches the first percent, then more, then all; nobody in the first is left out later', async () => {
  const { number, stage } = await staged('New', { stages: [{ percent: 10 }, { percent: 40 }] });
  assert.equal(stage, 1);
  const first = await whoSees('New');
  assert.ok(first.length > COUNT * 0.1 && first.length < COUNT * 0.35, `${first.length} of ${2 * COUNT}`);
  assert.deepEqual(await whoSees('New'), first, 'the same people whenever they look');
  assert.equal((await whoSees('旧')).length, 2 * COUNT - first.length, 'all others have the old one');

  const explained = await api('bob', 'GET', `/api/v1/pages/home/explain?tenant=${first[0].split('-')[0]}&person=${first[0]}`);
  assert.deepEqual([explained.body.layers[0].stage.inside, explained.body.layers[0].stage.text.en], [true, 'stage: you are in the first 10 %']);

  const second = await stepped('advance', number);
  assert.equal(second.stage, 2);
  const more = await whoSees('New');
  assert.ok(more.length > COUNT * 0.55 && more.length < COUNT * 1.05, `${more.length} of ${2 * COUNT}`);
  for (const who of first) assert.ok(more.includes(who), who);

  const last = await stepped('advance', number);
  assert.deepEqual([last.state, last.events.map(({ what, by }) => [what, by])],
    ['published', [['began', undefined], ['advanced', 'bob'], ['advanced', 'bob']]]);
  assert.equal((await whoSees('New')).length, 2 * COUNT);
  assert.equal((await api('bob', 'GET', layer)).body.revision, number);
});

test('a stage for units is for them and those below, and goes back when it is withdrawn', async () => {
  const { number, unit_names: names } = await staged('East', { stages: [{ tenants: ['east'], percent: 100 }, { tenants: ['east', 'west'] }] });
  assert.deepEqual(names, { east: { zh: '东', en: 'East' }, west: { zh: '西', en: 'West' } });
  assert.deepEqual(await whoSees('East', ['east-0', 'coast-0', 'west-0', 'bob']), ['east-0', 'coast-0']);
  const waiting = await publish({});
  assert.deepEqual([waiting.status, waiting.body.code], [409, 'edit.waiting']);
  assert.equal((await api('ann', 'POST', `${layer}/revisions/${number}/withdraw`, { reason: 'no' })).body.code, 'auth.right');
  const back = await api('bob', 'POST', `${layer}/revisions/${number}/withdraw`, { reason: 'wrong' });
  assert.equal(back.body.state, 'withdrawn');
  assert.deepEqual(await whoSees('East', ['east-0', 'coast-0']), []);
  assert.equal((await api('bob', 'GET', `${layer}/draft`)).body.changed, true, 'what was drafted is still there');
});

test('halted by hand, resumed, and as it was after the server was killed', async () => {
  const { number } = await staged('Stop', { stages: [{ tenants: ['west'] }] });
  assert.ok(await shows('west-3', 'Stop'));
  assert.equal((await stepped('halt', number)).state, 'halted');
  assert.ok(!(await shows('west-3', 'Stop')));
  await server.stop({ signal: 'SIGKILL', keep: true });
  server = await startServer({ demo: false, data });
  assert.equal((await read(number)).body.state, 'halted');
  assert.ok(!(await shows('west-3', 'Stop')));
  assert.equal((await stepped('resume', number)).state, 'staged');
  assert.ok(await shows('west-3', 'Stop'));
  await server.stop({ signal: 'SIGKILL', keep: true });
  server = await startServer({ demo: false, data });
  assert.deepEqual(await whoSees('Stop', ['west-3', 'east-3']), ['west-3']);
  assert.equal((await stepped('advance', number)).state, 'published');
  assert.ok(await shows('east-3', 'Stop'));
});

test('a stage halts by itself when a component fails in it, and says which and why', async () => {
  const bad = [{ verb: 'set', block: 'card', at: '/bad', value: true }];
  const { number, version } = await staged('Bad', { stages: [{ percent: 50 }], halt: { above: 10, renders: 15 } }, bad);
  const inside = await whoSees('Bad');
  assert.ok(inside.length > 30);
  await until(async () => (await read(number)).body.state === 'halted');
  const { body } = await read(number);
  const event = body.events.at(-1);
  assert.deepEqual([event.what, event.by, event.component, event.block, event.code], ['halted', undefined, 'trial/flaky', 'card', 'script.failed']);
  assert.match(event.text, /no wind/);
  assert.ok(event.inside.failures >= 15 && event.outside.failures === 0, JSON.stringify(event));
  assert.ok(body.version > version);
  assert.deepEqual(await whoSees('Bad'), [], 'everybody has the old one again');
  const history = await api('bob', 'GET', `${layer}/revisions?limit=1`);
  assert.equal(history.body.items[0].state, 'halted');
  await api('bob', 'POST', `${layer}/revisions/${number}/withdraw`, { reason: 'broken' });
});

test('what fails as often outside does not halt a stage', async () => {
  const bad = [{ verb: 'set', block: 'card', at: '/bad', value: true }];
  await command(bad);
  assert.equal((await publish({})).body.state, 'published');
  const { number } = await staged('Same', { stages: [{ percent: 50 }], halt: { renders: 10 } });
  await whoSees('Same');
  await new Promise((resolve) => { setTimeout(resolve, 2200); });
  const { body } = await read(number);
  assert.equal(body.state, 'staged');
  const [counted] = body.shown;
  assert.ok(counted.inside.failures > 10 && counted.outside.failures > 10, JSON.stringify(body.shown));
  await api('bob', 'POST', `${layer}/revisions/${number}/withdraw`, { reason: 'done' });
});

test('what makes no sense is refused', async () => {
  await command([{ verb: 'set', block: 'page', at: '/title', value: { zh: '坏', en: 'x' } }]);
  const cases = [
    [{ stages: [{ percent: 50 }, { percent: 10 }] }, 'edit.stage', '/stages/1/percent'],
    [{ stages: [{ percent: 0 }] }, 'desk.body', '/stages/0/percent'],
    [{ stages: [] }, 'desk.body', '/stages'],
    [{ stages: [{ tenants: ['nowhere'] }] }, 'edit.stage', '/stages/0/tenants'],
    [{ stages: [{ tenants: ['east'] }, { tenants: ['west'] }] }, 'edit.stage', '/stages/1/tenants'],
    [{ stages: [{ percent: 5 }, { percent: 5, tenants: ['east'] }] }, 'edit.stage', '/stages/1/tenants'],
    [{ halt: { above: 3 } }, 'edit.stage', '/halt'],
  ];
  for (const [more, code, where] of cases) {
    const { status, body } = await publish(more);
    assert.deepEqual([status, body.code, body.where], [400, code, where], JSON.stringify(more));
  }
  assert.equal((await publish({ stages: [{ percent: 5 }] }, 'ann')).body.code, 'auth.right');
  const { number } = (await publish({ stages: [{ percent: 5 }] })).body;
  const advance = (headers) => api('bob', 'POST', `${layer}/revisions/${number}/advance`, { reason: 'on' }, headers);
  assert.deepEqual([(await advance({})).status, (await advance({ 'If-Match': '"9"' })).status], [428, 412]);
  assert.equal((await step('advance', number, 'ann')).body.code, 'auth.right');
  assert.equal((await step('resume', number)).body.code, 'edit.state');
  assert.equal((await api('bob', 'POST', `${layer}/revisions/${number}/withdraw`, { reason: 'done' })).body.state, 'withdrawn');
  assert.equal((await api('bob', 'POST', `${layer}/revisions/${number}/advance`, { reason: 'on' }, { 'If-Match': '"1"' })).body.code, 'edit.state');
});

test('a page that is only staged is there for those who have it and for nobody else', async () => {
  const fresh = '/api/v1/tenants/acme/layers/trial';
  const verbs = [{ verb: 'add', block: 'one', component: 'trial/flaky', into: 'main' }];
  assert.equal((await api('bob', 'POST', `${fresh}/draft/commands`, { base: 0, verbs })).status, 200);
  const { etag } = await api('bob', 'GET', `${fresh}/draft`);
  const { body } = await api('bob', 'POST', `${fresh}/draft/publish`, { reason: 'first', stages: [{ tenants: ['east'] }] }, { 'If-Match': etag });
  const status = async (who) => (await get(server.base, '/w/trial', cookies[who])).status;
  assert.deepEqual([await status('east-1'), await status('west-1')], [200, 404]);
  await api('bob', 'POST', `${fresh}/revisions/${body.number}/withdraw`, { reason: 'no' });
  assert.equal(await status('east-1'), 404);
});
