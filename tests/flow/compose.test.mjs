// Composing a page: blocks stand where they were dropped, the preview shows the draft to its editor alone,
// and the canvas runs no script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { get, signIn, startServer } from '../harness.mjs';

let server;
const cookies = {};
const names = ['zhoumingyuan', 'chengweimin', 'sunlei', 'wangfang', 'luoyunfei', 'liwei'];

before(async () => {
  server = await startServer();
  for (const name of names) cookies[name] = (await signIn(server.base, name)).cookie;
});
after(() => server.stop());

const layer = '/api/v1/tenants/huaheng/layers/home';

async function ask(who, path, init = {}) {
  const reply = await fetch(server.base + path, { ...init, headers: { cookie: cookies[who], 'Content-Type': 'application/json', ...init.headers } });
  return { status: reply.status, headers: reply.headers, body: reply.headers.get('content-type').includes('json') ? await reply.json() : await reply.text() };
}

async function command(verbs) {
  const { version } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
  const done = await ask('zhoumingyuan', `${layer}/draft/commands`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body;
}

const preview = async (query = '', who = 'zhoumingyuan') => (await ask(who, `${layer}/draft/preview${query}`)).body;
const order = async (region = 'main') => (await preview()).blocks.filter((block) => block.region === region).map((block) => block.id);

test('a block stands behind the one it was put behind, and the others stay', async () => {
  const was = await order();
  await command([{ verb: 'add', block: 'zz', component: 'rich-text', into: 'main', after: was[2], props: { text: 'x' } }]);
  assert.deepEqual(await order(), was.toSpliced(3, 0, 'zz'));
  await command([{ verb: 'add', block: 'aa', component: 'rich-text', into: 'main', after: '', props: { text: 'x' } }]);
  assert.deepEqual(await order(), ['aa', ...was.toSpliced(3, 0, 'zz')]);
});

test('a moved block leaves the others where they are, wherever it goes', async () => {
  let now = await order();
  for (const [from, to] of [[2, 5], [5, 1], [0, 3], [4, 0], [now.length - 1, 2], [1, now.length - 1]]) {
    const id = now[from];
    const rest = now.toSpliced(from, 1);
    await command([{ verb: 'move', block: id, into: 'main', after: rest[to - 1] ?? '' }]);
    now = rest.toSpliced(to, 0, id);
    assert.deepEqual(await order(), now);
  }
});

test('a command that comes again with its key is done once', async () => {
  const { version } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
  const send = (who, key) => fetch(`${server.base}${layer}/draft/commands`, {
    method: 'POST', headers: { cookie: cookies[who], 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify({ base: version, verbs: [{ verb: 'add', block: 'once', component: 'rich-text', into: 'main', props: { text: 'x' } }] }),
  });
  const first = await (await send('zhoumingyuan', 'k1')).json();
  const again = await send('zhoumingyuan', 'k1');
  assert.equal(again.status, 200);
  assert.deepEqual(await again.json(), first);
  assert.equal((await (await send('zhoumingyuan', 'k2')).json()).version, first.version + 1);
  assert.equal((await send('zhoumingyuan', 'k'.repeat(201))).status, 400);
});

test('what was taken back stands as it was published', async () => {
  const { verbs } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
  const { version } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
  assert.ok(verbs.length > 0);
  await fetch(`${server.base}${layer}/draft`, { method: 'DELETE', headers: { cookie: cookies.zhoumingyuan, 'If-Match': `"${version}"` } });
  assert.equal((await order()).includes('zz'), false);
});

test('the preview shows the draft to who edits, and to nobody else', async () => {
  await command([{ verb: 'add', block: 'secret', component: 'rich-text', into: 'main', props: { text: 'not yet published' } }]);
  assert.match((await preview()).html, /not yet published/);
  assert.doesNotMatch(await (await get(server.base, '/w/home', { cookie: cookies.zhoumingyuan })).text(), /not yet published/);
  const other = await ask('wangfang', `${layer}/draft/preview`);
  assert.equal(other.status, 403);
  assert.equal(other.body.code, 'auth.right');
});

test('a command is answered with what the page is like then, where that is asked for', async () => {
  const send = async (query, text) => {
    const { version } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
    const verbs = [{ verb: 'set', block: 'secret', at: '/text', value: text }];
    return (await ask('zhoumingyuan', `${layer}/draft/commands${query}`, { method: 'POST', body: JSON.stringify({ base: version, verbs }) })).body;
  };
  const { preview: shown, ...draft } = await send('?with=preview&size=large', 'seen at once');
  assert.match(shown.html, /seen at once/);
  assert.deepEqual(shown, await preview('?size=large'));
  assert.deepEqual(draft, (await ask('zhoumingyuan', `${layer}/draft`)).body);
  assert.equal((await send('', 'seen later')).preview, undefined);
  assert.equal((await send('?with=all', 'never seen')).code, 'desk.query');
  assert.equal((await send('?with=preview&person=nobody', 'not yet published, again')).preview, undefined);
  assert.match((await preview()).html, /not yet published, again/, 'done all the same');
});

test('who may compose for one unit sees no other unit by it', async () => {
  const own = '/api/v1/tenants/huaheng-jl/layers/home/draft/preview';
  assert.equal((await ask('sunlei', own)).status, 200);
  for (const look of ['tenant=huaheng-yl', 'tenant=huaheng', 'tenant=huaheng-jl-linzhou']) {
    const { status, body } = await ask('sunlei', `${own}?${look}`);
    assert.deepEqual([status, body.code, body.where], [403, 'auth.right', 'see_as_person'], look);
    assert.equal((await ask('sunlei', `/studio/canvas?unit=huaheng-jl&layer=home&${look}`)).status, 403, look);
  }
});

test('a page can be looked at as somebody of the unit, by who may', async () => {
  const people = (await ask('zhoumingyuan', '/api/v1/tenants/huaheng-jl/people')).body;
  assert.ok(people.items.length > 0);
  const someone = people.items[0].id;
  const seen = await preview(`?tenant=huaheng-jl&person=${someone}&lang=en&scheme=dark&size=large`);
  assert.equal(seen.person, someone);
  assert.match(seen.html, /not yet published/);
  assert.deepEqual([...new Set(seen.layers.map((one) => one.name.en))], ['Huaheng Power', 'Jianglan Power']);
  assert.equal((await ask('wangfang', '/api/v1/tenants/huaheng-jl/people')).status, 403);
  const found = async (query) => (await ask('zhoumingyuan', `/api/v1/tenants/huaheng-jl/people?${query}`)).body;
  const last = people.items.at(-1);
  for (const part of [last.name.zh, last.name.en.toUpperCase(), last.id.slice(1)]) {
    const { items } = await found(`limit=1&q=${encodeURIComponent(part)}`);
    assert.deepEqual(items, [last], part);
  }
  assert.deepEqual(await found('q=nobody'), { items: [] });
  assert.deepEqual(await found(`ids=${last.id},nobody,${people.items[0].id}`), { items: [last, people.items[0]] });
  assert.equal((await ask('wangfang', `/api/v1/tenants/huaheng-jl/people?ids=${last.id}`)).status, 403);
  assert.equal((await preview('?scheme=pink')).code, 'desk.query');
  assert.equal((await preview('?person=nobody')).code, 'scope.person');
});

test('a page can be looked at at another time, and who works with it stays in the present', async () => {
  const today = async () => (await ask('wangfang', '/w/home')).body.match(/<div class="hero-hello".*?<\/div>/s)[0];
  const seen = async (at, more = '&tenant=huaheng-jl&person=wangfang') => (await preview(`?at=${encodeURIComponent(at)}${more}`)).html;
  let before = await today();
  before = await today(); // what came before is kept
  for (const [at, ...shown] of [
    ['2031-03-05T00:10:00Z', '早上好，王芳', '3月5日 星期三'],
    ['2031-03-05T20:10:00+08:00', '晚上好，王芳', '3月5日 星期三'],
    ['2031-03-05T15:10', '下午好，王芳', '3月5日 星期三'],
    ['1969-12-31T16:00:00Z', '夜深了，王芳', '1月1日 星期四'],
    ['1966-06-30T23:00:00Z', '早上好，王芳', '7月1日 星期五'],
  ]) {
    for (let times = 0; times < 3; times++) {
      const html = await seen(at);
      for (const text of shown) assert.ok(html.includes(text), `${at}: ${text}`);
    }
    assert.equal(await today(), before, at);
  }
  assert.ok((await preview('?tenant=huaheng-jl&person=wangfang')).html.includes(before), 'nor is the present of the preview another');
});

test('another time has the events, and the distances of its own', async () => {
  const seen = async (at, more = '') => (await preview(`?at=${at}&tenant=huaheng-jl&person=wangfang${more}`)).html;
  const days = (html) => [...html.match(/<nav class="agenda".*?<\/nav>/s)[0].matchAll(/<b aria-hidden="true">(\d+)<\/b>/g)].map(([, day]) => Number(day));
  const now = await seen(new Date().toISOString().slice(0, 19) + 'Z');
  assert.deepEqual(days(await seen('2031-03-05T01:00:00Z')), [3, 4, 5, 6, 7, 8, 9]);
  assert.match(now, /class="agenda-list"/);
  assert.doesNotMatch(await seen('2031-03-05T01:00:00Z'), /class="agenda-list"/);
  assert.match(await seen('2031-03-05T01:00:00Z'), /逾期 \d{4} 天/);
});

test('what is no moment is refused before anything is done', async () => {
  const { version } = (await ask('zhoumingyuan', `${layer}/draft`)).body;
  for (const at of ['tomorrow', '2031-02-30', '2031-03-05T25:00:00Z', '12']) {
    const { status, body } = await ask('zhoumingyuan', `${layer}/draft/preview?at=${at}`);
    assert.deepEqual([status, body.code, body.where], [400, 'edit.time', 'at'], at);
    assert.equal((await ask('zhoumingyuan', `/studio/canvas?unit=huaheng&layer=home&at=${at}`)).status, 400, at);
  }
  const send = (query) => ask('zhoumingyuan', `${layer}/draft/commands?with=preview&at=${query}`, {
    method: 'POST', body: JSON.stringify({ base: version, verbs: [{ verb: 'set', block: 'secret', at: '/text', value: 'later' }] }),
  });
  assert.equal((await send('tomorrow')).body.code, 'edit.time');
  assert.equal((await ask('zhoumingyuan', `${layer}/draft`)).body.version, version);
  assert.deepEqual((await send('2031-03-05T01:00:00Z')).body.preview, await preview('?at=2031-03-05T01:00:00Z'));
  assert.match((await ask('zhoumingyuan', '/studio/canvas?unit=huaheng&layer=home&at=2031-03-05T01:00:00Z')).body, /3月5日 星期三/);
});

test('audiences come with how many are in them now, of the unit and below', async () => {
  const all = (await ask('zhoumingyuan', '/api/v1/tenants/huaheng/audiences')).body.items;
  const some = (await ask('zhoumingyuan', '/api/v1/tenants/huaheng-yl/audiences')).body.items;
  const party = (items) => items.find((one) => one.id === 'party-members').people;
  assert.ok(party(all) > party(some) && party(some) > 0, `${party(all)} ${party(some)}`);
  assert.equal((await ask('luoyunfei', '/api/v1/tenants/huaheng/audiences')).status, 403);
});

test('the catalogue has every installed component but the host itself', async () => {
  const { items } = (await ask('zhoumingyuan', '/api/v1/tenants/huaheng/components')).body;
  const todo = items.find((one) => one.id === 'todo');
  assert.equal(todo.package, 'standard');
  assert.equal(todo.title.en, 'My tasks');
  assert.equal(todo.props.properties.limit.type, 'integer');
  assert.equal(items.find((one) => one.id === 'section').regions.content.title.en, 'Content');
  assert.ok(items.length >= 18);
  assert.equal(items.some((one) => one.package === 'ui'), false);
});

test('the canvas marks its regions, allows no script, and stands in our own frames only', async () => {
  const { status, headers, body } = await ask('zhoumingyuan', '/studio/canvas?unit=huaheng&layer=home&scheme=dark');
  assert.equal(status, 200);
  const policy = headers.get('content-security-policy');
  assert.match(policy, /script-src 'none'/);
  assert.match(policy, /frame-ancestors 'self'/);
  assert.doesNotMatch(policy, /,/, 'one policy, not two');
  assert.doesNotMatch(body, /<script/);
  for (const region of ['top', 'main', 'bottom']) assert.ok(body.includes(`<template data-region="${region}">`));
  assert.match(body, /data-scheme="dark"/);
  assert.equal((await ask('wangfang', '/studio/canvas?unit=huaheng&layer=home')).status, 403);
});

test('the studio sends who is not signed in to the door, and is for looking at only', async () => {
  const reply = await get(server.base, '/studio');
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.get('location'), '/?next=/studio');
  assert.equal((await fetch(`${server.base}/studio/canvas`)).status, 401);
  assert.equal((await fetch(`${server.base}/studio`, { method: 'POST' })).status, 405);
  assert.equal((await get(server.base, '/studio/nothing', { cookie: cookies.zhoumingyuan })).status, 404);
});

test('the studio names what it asks first: of where one was, else of where one begins', async () => {
  const named = async (who, place = '') => {
    const { body } = await ask(who, '/studio', { headers: { cookie: `${cookies[who]}${place && `; studio-place=${place}`}` } });
    const asked = [...body.matchAll(/<link rel="preload" as="fetch" crossorigin href="([^"]+)">/g)].map(([, href]) => href.replaceAll('&amp;', '&'));
    return { asked: asked.filter((one) => one.startsWith('/api/')), worn: asked.filter((one) => !one.startsWith('/api/')) };
  };
  const of = (unit, id) => ['/api/v1/tenants', ...['/layers/LAYER/draft/preview?scheme=light&size=normal', '/layers/LAYER/draft', '/components']
    .map((rest) => `/api/v1/tenants/${unit}${rest.replace('LAYER', id)}`)];
  const first = await named('zhoumingyuan');
  assert.deepEqual(first.asked, of('huaheng', 'home'));
  for (const address of first.asked) assert.equal((await ask('zhoumingyuan', address)).status, 200, address);
  assert.ok(first.worn.length, 'what the page wears');
  const { html } = (await ask('zhoumingyuan', first.asked[1])).body;
  for (const address of first.worn) assert.ok(html.includes(address), address);
  assert.deepEqual((await named('wangfang')).asked, of('huaheng-jl', 'home%3Amarketing'), 'who designs for a specialty');
  assert.deepEqual((await named('zhoumingyuan', 'huaheng-yl/todo')).asked, of('huaheng-yl', 'todo'));
  assert.deepEqual((await named('zhoumingyuan', '"><script>/"><b>')).asked.slice(-1), ['/api/v1/tenants/%22%3E%3Cscript%3E/components']);
  assert.deepEqual((await named('liwei')).asked, ['/api/v1/tenants'], 'who edits nothing');
});

test('an example shows a component with its own records, in the language of who looks, and nothing of a unit', async () => {
  const { status, headers, body } = await ask('zhoumingyuan', '/studio/example?unit=huaheng-jl&component=todo');
  assert.equal(status, 200);
  assert.match(headers.get('content-security-policy'), /script-src 'none'/);
  assert.match(body, /220kV 城西变检修申请/);
  assert.match(body, /href="\/t\/huaheng-jl\//);
  assert.equal((await ask('zhoumingyuan', '/studio/example?unit=huaheng-jl&component=todo')).body, body);
  assert.equal((await ask('zhoumingyuan', '/studio/example?unit=huaheng-jl&component=nothing/at-all')).status, 404);
  assert.equal((await ask('zhoumingyuan', '/studio/example?unit=huaheng-jl&component=nothing')).status, 404);
  assert.equal((await ask('wangfang', '/studio/example?unit=huaheng&component=todo')).status, 403);
  assert.equal((await fetch(`${server.base}/studio/example?unit=huaheng-jl&component=todo`)).status, 401);
});

test('the pages of a unit are its own and those above, each once, with the nearest title', async () => {
  const { status, body } = await ask('chengweimin', '/api/v1/tenants/huaheng-jl/pages');
  assert.equal(status, 200);
  const titles = Object.fromEntries(body.items.map(({ page, title }) => [page, title?.zh]));
  assert.equal(Object.keys(titles).length, body.items.length);
  assert.deepEqual([titles.home, titles.agenda, titles.todo], ['工作台', '日程', '待办']);
  assert.ok(!('theme' in titles), 'how they look is no page');
  assert.equal((await ask('luoyunfei', '/api/v1/tenants/huaheng-jl/pages')).status, 403);
});
