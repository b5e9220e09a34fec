// How many people of a unit open which pages and use which components: what counts, where, and who may know.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, post, startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const unit = 'huaheng-jl';
const WRITTEN_MS = 30_000; // what was noted is written every ten seconds
let server;
let api;
let cookies;

before(async () => {
  server = await startServer();
  ({ api, cookies } = await openDesk(() => server, ['zhoumingyuan', 'chengweimin', 'wangfang', 'sunlei', 'luoyunfei', 'madeshun']));
});
after(() => server.stop());

async function usage(of = unit, { who = 'zhoumingyuan', days = 30 } = {}) {
  const { status, body } = await api(who, 'GET', `/api/v1/tenants/${of}/usage?days=${days}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

// Nobody of the demo is used to open these, so what is there is what the tests did.
const page = async (name, of) => (await usage(of)).pages.find((one) => one.page === name);
const component = async (name, of) => (await usage(of)).components.find((one) => one.component === name);
const open = (who, name, headers = {}, method = 'GET') => ask(server.base, { method, path: `/w/${name}`, headers: { cookie: cookies[who], ...headers } });
const used = (who, query, headers = {}) => ask(server.base, { method: 'POST', path: `/used?${query}`, headers: { cookie: cookies[who], Origin: server.base, ...headers } });

async function until(look, wanted) {
  const end = Date.now() + WRITTEN_MS;
  let found = await look();
  while (JSON.stringify(found) !== JSON.stringify(wanted) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = await look();
  }
  assert.deepEqual(found, wanted);
}

test('a page that is opened counts in its unit and all above it; what is not opened counts nowhere', async () => {
  assert.equal(await page('me'), undefined);
  assert.equal((await open('sunlei', 'me', { 'Sec-Fetch-Mode': 'same-origin' })).status, 200);
  assert.equal((await open('sunlei', 'me', { 'Sec-Purpose': 'prefetch' })).status, 200);
  assert.equal((await open('sunlei', 'me', {}, 'HEAD')).status, 200);
  assert.equal((await open('sunlei', 'nowhere')).status, 404);
  assert.equal((await open('wangfang', 'me', { 'Sec-Fetch-Mode': 'navigate' })).status, 200);
  assert.equal((await open('wangfang', 'me')).status, 200);
  assert.equal((await open('chengweimin', 'me')).status, 200);
  await until(() => page('me'), { page: 'me', people: 2, views: 3 });
  assert.deepEqual(await page('me', 'huaheng'), { page: 'me', people: 2, views: 3 });
  assert.equal(await page('me', 'huaheng-yl'), undefined);
  assert.equal(await page('nowhere', 'huaheng'), undefined);
});

test('a card is used by a link that is followed and by what is done there, once for one key', async () => {
  assert.equal((await used('wangfang', 'page=me&block=me')).status, 204);
  assert.equal((await used('wangfang', 'page=me&block=nowhere')).status, 204);
  for (let i = 0; i < 2; i++) {
    const reply = await post(server.base, '/act', { page: 'todo', block: 'memo', action: 'add', 'input.text': 'counted', key: 'counted-once' }, { cookie: cookies.sunlei, Accept: 'application/json' });
    assert.equal(reply.status, 200, reply.text);
  }
  await until(async () => [await component('profile'), await component('memo')],
    [{ component: 'profile', people: 1, uses: 1 }, { component: 'memo', people: 1, uses: 1 }]);
});

test('a use that cannot be told is refused: of no page, of another site, of nobody', async () => {
  const wrong = async (query) => { const { status, text } = await used('wangfang', query); return [status, JSON.parse(text).code]; };
  assert.deepEqual(await wrong('page=me'), [400, 'usage.place']);
  assert.deepEqual(await wrong('page=../x&block=profile'), [400, 'usage.place']);
  assert.deepEqual(await wrong('page=nowhere&block=me'), [404, 'layout.none']);
  assert.equal((await used('wangfang', 'page=me&block=me', { Origin: 'https://elsewhere.example' })).status, 403);
  assert.equal((await used('wangfang', 'page=me&block=me', { cookie: '' })).status, 303);
});

test('the figures add up: days, units and people', async () => {
  const group = await usage('huaheng');
  assert.equal(group.days.length, 30);
  assert.equal(group.views, group.days.reduce((sum, { views }) => sum + views, 0));
  assert.equal(group.views, group.hours.reduce((sum, views) => sum + views, 0));
  assert.ok(group.people <= group.of && group.week <= group.people);
  assert.ok(group.people < group.days.reduce((sum, { people }) => sum + people, 0), 'who came on two days is one of the people');
  const provinces = group.units.filter(({ few }) => !few);
  assert.ok(provinces.length >= 3);
  assert.ok(provinces.every(({ people, of }) => people <= of));
  assert.ok(provinces.reduce((sum, { people }) => sum + people, 0) <= group.people);
  const [first] = provinces;
  const own = await usage(first.id);
  assert.deepEqual([own.people, own.views, own.uses, own.of], [first.people, first.views, first.uses, first.of]);
  assert.equal((await usage('huaheng', { days: 7 })).days.length, 7);
});

test('who has a page open is counted while she has, once, in her unit and above', async () => {
  const now = async () => [(await usage()).now, (await usage('huaheng')).now, (await usage('huaheng-yl')).now];
  assert.deepEqual(await now(), [0, 0, 0]);
  const streams = await Promise.all([['wangfang', 'home'], ['wangfang', 'todo'], ['sunlei', 'home']].map(async ([who, page]) => {
    const closing = new AbortController();
    const reply = await fetch(`${server.base}/live?page=${page}`, { headers: { cookie: cookies[who] }, signal: closing.signal });
    assert.equal(reply.status, 200, who);
    return closing;
  }));
  await until(now, [2, 2, 0]);
  streams[0].abort();
  streams[2].abort();
  await until(now, [1, 1, 0]);
  streams[1].abort();
  await until(now, [0, 0, 0]);
});

test('of fewer than five people nothing is told', async () => {
  const { units } = await usage('huaheng-jl-linzhou');
  const few = units.find((one) => one.few);
  assert.deepEqual(Object.keys(few).sort(), ['few', 'id', 'name', 'of']);
  assert.ok(few.of < 5);
  const own = await usage(few.id);
  assert.deepEqual(Object.keys(own).sort(), ['few', 'of', 'units']);
});

test('what was published meanwhile is told with it', async () => {
  const layer = `/api/v1/tenants/${unit}/layers/home`;
  assert.deepEqual((await usage()).published, []);
  const { body } = await api('chengweimin', 'GET', `${layer}/draft`);
  assert.equal((await api('chengweimin', 'POST', `${layer}/draft/commands`, { base: body.version, verbs: [{ verb: 'set', block: 'page', at: '/title', value: { zh: '江澜', en: 'Jianglan' } }] })).status, 200);
  const { etag } = await api('chengweimin', 'GET', `${layer}/draft`);
  assert.equal((await api('chengweimin', 'POST', `${layer}/draft/publish`, { reason: '换个标题' }, { 'If-Match': etag })).status, 200);
  const [published] = (await usage()).published;
  assert.deepEqual([published.layer, published.reason, published.by_name.zh], ['home', '换个标题', '程为民']);
  assert.equal(published.day, new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date(published.published_at)), 'its day is one of the unit\'s clock');
});

test('whoever composes pages may know, also for one specialty; others may not', async () => {
  for (const who of ['chengweimin', 'wangfang', 'sunlei']) assert.equal((await usage(unit, { who })).of > 4, true, who);
  for (const [who, of] of [['wangfang', 'huaheng'], ['luoyunfei', unit], ['madeshun', 'huaheng-sy']]) {
    const { status, body } = await api(who, 'GET', `/api/v1/tenants/${of}/usage`);
    assert.deepEqual([status, body.code, body.where], [403, 'auth.right', 'read_usage'], who);
  }
  for (const days of ['0', '93', 'all']) assert.equal((await api('zhoumingyuan', 'GET', `/api/v1/tenants/${unit}/usage?days=${days}`)).body.code, 'desk.query', days);
  assert.equal((await api('zhoumingyuan', 'GET', '/api/v1/tenants/nowhere/usage')).body.code, 'tenant.none');
});

test('a server that ends writes what was noted', async () => {
  await open('luoyunfei', 'people');
  assert.equal(await server.stop({ keep: true }), 0);
  server = await startServer({ data: server.folder });
  assert.deepEqual(await page('people', 'huaheng-yl'), { page: 'people', people: 1, views: 1 });
});
