// A draft on a phone: a link that shows one draft for a while, follows it, and opens nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { ask, get, post, signIn, startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const layer = '/api/v1/tenants/huaheng-jl/layers/home';
let server;
let desk;

before(async () => {
  server = await startServer();
  desk = await openDesk(() => server, ['zhoumingyuan', 'hanyumei', 'madeshun']);
});
after(() => server.stop());

async function link(who, body = {}, of = layer) {
  const made = await desk.api(who, 'POST', `${of}/draft/links`, body);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body;
}

/** What a phone does with the address: it comes to /see with a cookie. */
async function scan({ path }) {
  const reply = await get(server.base, path);
  if (reply.status !== 303) return { status: reply.status };
  assert.equal(reply.headers.get('location'), '/see');
  assert.match(reply.headers.get('set-cookie'), /^see=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1800$/);
  return { status: 303, cookie: reply.headers.get('set-cookie').split(';')[0] };
}

const see = async (cookie, path = '/see') => {
  const reply = await get(server.base, path, cookie);
  return { status: reply.status, text: await reply.text(), headers: reply.headers };
};
const revision = (text) => text.match(/data-revision="(\d+)"/)[1];
const title = (zh) => [{ verb: 'set', block: 'todo', at: '/title', value: { zh, en: 'x' } }];

test('the phone shows the draft and is told of each change at once', async () => {
  await desk.commanded('zhoumingyuan', layer, title('手机上的待办'));
  const { cookie } = await scan(await link('zhoumingyuan'));
  let page = await see(cookie);
  assert.equal(page.status, 200);
  assert.match(page.text, /手机上的待办/);
  assert.match(page.text, /草稿预览/);
  assert.match(page.headers.get('content-security-policy'), /form-action 'none'/);
  for (const word of ['又改了一次', '再改一次']) {
    const waits = see(cookie, `/see/changes?since=${revision(page.text)}`);
    const started = Date.now();
    await desk.commanded('zhoumingyuan', layer, title(word));
    assert.match((await waits).text, /event: changed/);
    assert.ok(Date.now() - started < 2000, `${Date.now() - started} ms`);
    page = await see(cookie);
    assert.ok(page.text.includes(word));
  }
});

test('a change between looking and listening is not missed', async () => {
  const { cookie } = await scan(await link('zhoumingyuan'));
  const { text } = await see(cookie);
  await desk.commanded('zhoumingyuan', layer, title('错过了吗'));
  assert.match((await see(cookie, `/see/changes?since=${revision(text)}`)).text, /event: changed/);
});

test('a draft that is looked at in a unit below follows the layers of that unit, too', async () => {
  const { cookie } = await scan(await link('zhoumingyuan', { tenant: 'huaheng-jl' }, '/api/v1/tenants/huaheng/layers/home'));
  const { text } = await see(cookie);
  await desk.commanded('zhoumingyuan', layer, title('省里的待办'));
  await desk.published('zhoumingyuan', layer);
  assert.match((await see(cookie, `/see/changes?since=${revision(text)}`)).text, /event: changed/);
  assert.match((await see(cookie)).text, /省里的待办/);
});

test('it looks as it was made to: as that person, in that language and scheme, at that time', async () => {
  const { cookie } = await scan(await link('zhoumingyuan', { person: 'wangfang', lang: 'en', scheme: 'dark', size: 'large', at: '2031-03-05T12:10:00Z' }));
  const { text } = await see(cookie);
  assert.match(text, /<html lang="en" data-scheme="dark" data-size="large">/);
  assert.match(text, /Wang Fang/);
  assert.match(text, /for looking only/);
  assert.match(text, /Good evening.*Wednesday 5 Mar/s);
  assert.equal((await desk.api('zhoumingyuan', 'POST', `${layer}/draft/links`, { at: 'tomorrow' })).status, 400);
});

test('it opens nothing but this draft', async () => {
  const { cookie } = await scan(await link('zhoumingyuan'));
  assert.equal((await see(cookie, '/w/home')).status, 303);
  assert.equal((await see(cookie, '/studio')).status, 303);
  assert.equal((await see(cookie, `/studio/canvas?unit=huaheng-jl&layer=home`)).status, 401);
  assert.equal((await desk.api(undefined, 'GET', `${layer}/draft`)).status, 401);
  assert.equal((await get(server.base, `${layer}/draft`, cookie)).status, 401);
  assert.equal((await post(server.base, '/act', { page: 'home', block: 'todo', action: 'done' }, { Cookie: cookie })).status, 303);
  assert.equal((await ask(server.base, { method: 'POST', path: '/see', headers: { Cookie: cookie } })).status, 405);
  // What the address says makes no difference: the pass does.
  assert.equal((await see(cookie, '/see?unit=huaheng&layer=theme&person=wangfang')).text.includes('王芳'), false);
});

test('it shows no more than its author may look at now', async () => {
  assert.equal((await desk.api('hanyumei', 'POST', `${layer}/draft/links`, {})).status, 403);
  const given = await desk.api('zhoumingyuan', 'POST', '/api/v1/tenants/huaheng-jl/grants', { person: 'madeshun', home: 'huaheng-sy-shuanglin', role: 'designer', reason: 'test' });
  const own = await scan(await link('madeshun'));
  const foreign = await scan(await link('madeshun', { person: 'wangfang' }));
  assert.equal((await see(own.cookie)).status, 200);
  assert.equal((await see(foreign.cookie)).status, 403); // a designer sees as nobody else
  await desk.api('zhoumingyuan', 'DELETE', `/api/v1/tenants/huaheng-jl/grants/${given.body.id}?reason=test`);
  assert.equal((await see(own.cookie)).status, 403);
  assert.equal((await see(own.cookie, '/see/changes')).status, 403);
});

test('it ends when it is closed, by nobody else, and when its author signs out', async () => {
  const made = await link('zhoumingyuan');
  const { cookie } = await scan(made);
  assert.equal((await desk.api('madeshun', 'DELETE', `${layer}/draft/links/${made.id}`)).status, 404);
  const waits = see(cookie, '/see/changes');
  await new Promise((done) => { setTimeout(done, 200); });
  assert.equal((await desk.api('zhoumingyuan', 'DELETE', `${layer}/draft/links/${made.id}`)).status, 204);
  assert.match((await waits).text, /event: changed/);
  assert.equal((await see(cookie)).status, 404);
  assert.equal((await scan(made)).status, 404);

  const other = (await signIn(server.base, 'zhoumingyuan')).cookie;
  const reply = await fetch(`${server.base}${layer}/draft/links`, { method: 'POST', headers: { cookie: other, 'Content-Type': 'application/json' }, body: '{}' });
  const second = await scan(await reply.json());
  assert.equal((await see(second.cookie)).status, 200);
  await post(server.base, '/sign-out', {}, { Cookie: other });
  assert.equal((await see(second.cookie)).status, 404);
});

test('a session has four links, the secret of none is in the store, and nonsense opens nothing', async () => {
  const made = [];
  for (let i = 0; i < 5; i++) made.push(await link('zhoumingyuan'));
  assert.equal((await scan(made[0])).status, 404);
  assert.equal((await scan(made[4])).status, 303);
  assert.throws(() => execFileSync('grep', ['-rqa', made[4].path.split('/').pop(), server.folder]));
  for (const path of ['/see', '/see/', '/see/x', `/see/${'a'.repeat(500)}`, `${made[4].path}/x`]) assert.equal((await see(undefined, path)).status, 404, path);
  assert.equal((await desk.api('zhoumingyuan', 'POST', `${layer}/draft/links`, { pages: 'all' })).status, 400);
});

test('who asks too often waits', async () => {
  const { cookie } = await scan(await link('zhoumingyuan'));
  const replies = await Promise.all(Array.from({ length: 12 }, () => get(server.base, '/see/changes', cookie))); // all open at once
  const statuses = replies.map(({ status }) => status);
  await Promise.all(replies.map(({ body }) => body.cancel()));
  assert.ok(statuses.includes(429), statuses.join(' '));
});
