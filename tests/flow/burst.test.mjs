// One unit asks for more than the writer can do: what is too much is told when to come again and leaves nothing, what was
// answered is done, and another unit is served as if nothing were; and a server that ends meanwhile.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { folderOf, get, post, run, scratch, startServer } from '../harness.mjs';
import { until } from '../stream.mjs';

const CROWD = 8;
const EACH = 120;
const organisation = {
  'tenants.json': [
    { id: 'acme', level: 'group', name: { zh: '示例', en: 'Acme' } },
    ...['east', 'west'].map((id) => ({ id, parent: 'acme', level: 'province', name: { zh: id, en: id } })),
  ],
  'people/east.json': Array.from({ length: CROWD }, (_, i) => ({ id: `east-${i}`, name: `East ${i}` })),
  'people/west.json': [{ id: 'calm', name: 'Calm' }],
  'layers/acme/home.json': { verbs: [{ verb: 'add', block: 'mill', component: 'mill/mill', into: 'main' }] },
};
const wares = {
  'package.lua': "return { name = 'mill', version = '1.0.0', title = { zh = '磨', en = 'Mill' } }\n",
  'collections/grain.json': { name: 'grain', title: { zh: '粮', en: 'Grain' }, schema: { type: 'object', properties: { id: { type: 'string' } } } },
  'mill/component.lua': `return { name = 'mill', title = { zh = '磨', en = 'Mill' }, icon = 'bolt', sizes = { default = 'full', min = 'full' },
    needs = { 'read:grain', 'write:grain' },
    load = { n = { count = 'grain', limit = 2000 } },
    actions = { grind = { run = function(ctx)
      local n = 0
      for i = 1, 400000 do n = n + i % 7 end
      ctx.data.insert('grain', {})
    end } } }\n`,
  'mill/view.html': '<ui-card title="mill">ground: {{n}}.</ui-card>\n',
  'mill/words/zh.json': '{}',
  'mill/words/en.json': '{}',
};

const data = scratch();
const cookies = {};
let server;

before(async () => {
  const imported = await run(['tenant', 'import', folderOf({ ...organisation, 'layers/acme/home.json': { verbs: [] } }), '--data', data]);
  assert.equal(imported.code, 0, imported.err);
  const installed = await run(['package', 'install', folderOf(wares), '--data', data]);
  assert.equal(installed.code, 0, installed.err);
  const placed = await run(['layer', 'import', folderOf(organisation), '--data', data]);
  assert.equal(placed.code, 0, placed.err);
  const who = ['east', 'west'].flatMap((unit) => organisation[`people/${unit}.json`].map(({ id }) => [unit, id]));
  const { out } = await run(['person', 'session', '--data', data], { input: who.map((one) => `${one.join(' ')}\n`).join('') });
  out.trim().split('\n').forEach((token, i) => { cookies[who[i][1]] = `sid=${token}`; });
  server = await startServer({ demo: false, data });
});
after(() => server.stop());

let answers = 0;
async function grind(who, key) {
  const reply = await post(server.base, '/act', { page: 'home', block: 'mill', action: 'grind' }, { cookie: cookies[who], Accept: 'application/json', 'Idempotency-Key': key });
  return { key, who, status: reply.status, code: reply.status === 200 ? '' : JSON.parse(reply.text).code, again: Number(reply.headers['retry-after']), place: ++answers };
}
const figure = async (name) => Number((await (await get(server.base, '/metrics')).text()).match(new RegExp(`^${name} (\\d+)$`, 'm'))[1]);
const ground = async (who) => Number((await (await get(server.base, '/w/home', cookies[who])).text()).match(/ground: (\d+)\./)[1]);

test('a burst is bounded and told when to come again, and another unit does not feel it', async () => {
  const burst = Array.from({ length: CROWD * EACH }, (_, i) => grind(`east-${i % CROWD}`, `burst-${i}`));
  await until(async () => await figure('pinban_actions_waiting') > 300, 'a queue', 10000);
  const calm = await grind('calm', 'calm');
  assert.equal(calm.status, 200);
  const replies = await Promise.all(burst);
  const done = replies.filter(({ status }) => status === 200);
  const turned = replies.filter(({ status }) => status !== 200);
  const behind = done.filter(({ place }) => place > calm.place).length;
  assert.ok(behind > 20, `all others were sent before her, and ${behind} were done after her`); // how many depends on how soon a busy machine sends hers
  for (const { status, code, again } of turned) {
    assert.ok(['429 action.unit_busy', '503 action.late'].includes(`${status} ${code}`), `${status} ${code}`);
    assert.ok(again >= 1, 'Retry-After');
  }
  assert.ok(turned.some(({ status }) => status === 429));
  assert.equal(await ground('east-0'), done.length, 'what was answered is done, what was turned away is not');
  assert.equal(await ground('calm'), 1);
  const [again, before] = await Promise.all([turned[0], done[0]].map(({ who, key }) => grind(who, key)));
  assert.deepEqual([again.status, before.status], [200, 200]);
  assert.equal(await ground('east-0'), done.length + 1, 'the key of what was turned away is free, that of what was done is not');
});

test('a server that ends first does what it has taken on, and answers', async () => {
  const before = await ground('calm');
  const many = Array.from({ length: 80 }, (_, i) => grind('calm', `last-${i}`).catch(() => ({ status: 'cut' })));
  const taken = 20; // how many it has at once depends on how fast they come
  await until(async () => await figure('pinban_actions_waiting') + await figure('pinban_actions_in_writer') >= taken, 'a queue');
  assert.equal(await server.stop({ keep: true }), 0);
  const statuses = (await Promise.all(many)).map(({ status }) => status);
  const done = statuses.filter((status) => status === 200).length;
  assert.ok(done >= taken, statuses.join(' '));
  server = await startServer({ demo: false, data });
  assert.equal(await ground('calm') - before, done);
});
