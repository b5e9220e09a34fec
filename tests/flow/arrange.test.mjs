// People arrange their own page: by the posts that forms and scripts send, within what their units locked.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { openApi } from '../api.mjs';
import { get, post, signIn, startServer } from '../harness.mjs';

let server;
let cookie;
before(async () => {
  server = await startServer();
  cookie = (await signIn(server.base, 'wangfang')).cookie;
});
after(() => server.stop());
beforeEach(() => change({ restore: 'all' }));

const change = (fields, headers = {}) => post(server.base, '/arrange', { page: 'home', ...fields }, { cookie, ...headers });
const asked = (fields) => change(fields, { Accept: 'application/json' });
const page = async (path = '/w/home', who = cookie) => (await get(server.base, path, who)).text();
const blocks = (html) => [...html.split('<main')[1].split('</main>')[0].matchAll(/<div class="b [^"]*" id="b-([^"]+)"/g)].map((found) => found[1]);
const rows = (html, list) => [...html.split(`id="${list}"`)[1].split('</section>')[0].matchAll(/data-id="([^"]+)" data-home="([^"]+)"/g)];
const cards = (html, list) => rows(html, list).filter((found) => list === 'hidden' || found[2] === 'main').map((found) => found[1]);
const cardsIn = (html, region) => rows(html, 'shown').filter((found) => found[2] === region).map((found) => found[1]);

test('a card moves up and down, is put away and brought back, by forms alone', async () => {
  const before = blocks(await page());
  const inMain = cards(await page('/w/home?arrange'), 'shown');
  assert.ok(inMain.length > 8 && inMain.every((id) => before.includes(id)));
  const [first, third] = [inMain[0], inMain.at(-2)];
  const up = await change({ up: third });
  assert.deepEqual([up.status, up.headers.location], [303, `/w/home?arrange#card-${third}`]);
  const moved = cards(await page('/w/home?arrange'), 'shown');
  assert.equal(moved.indexOf(third), inMain.indexOf(third) - 1);
  await change({ down: first });
  assert.equal(cards(await page('/w/home?arrange'), 'shown').indexOf(first), 1);
  await change({ hide: first });
  const put = await page('/w/home?arrange');
  assert.deepEqual(cards(put, 'hidden'), [first]);
  assert.ok(!blocks(await page()).includes(first));
  await change({ show: first });
  assert.deepEqual(cards(await page('/w/home?arrange'), 'hidden'), []);
  assert.ok(blocks(await page()).includes(first));
  await change({ restore: 'all' });
  assert.deepEqual(blocks(await page()), before);
});

test('the first cannot go up, the last not down, and that is no mistake', async () => {
  const order = cards(await page('/w/home?arrange'), 'shown');
  assert.equal((await change({ up: order[0] })).status, 303);
  assert.equal((await change({ down: order.at(-1) })).status, 303);
  assert.deepEqual(cards(await page('/w/home?arrange'), 'shown'), order);
});

test('what a unit locked is refused, with its code and its place, and said on the page', async () => {
  for (const [fields, status, code] of [
    [{ hide: 'notice' }, 403, 'layout.locked'], [{ move: 'notice', after: 'news' }, 403, 'layout.locked'], [{ hide: 'todo' }, 403, 'layout.locked'],
    [{ hide: 'bar' }, 403, 'layout.locked'], [{ hide: 'nothing' }, 404, 'layout.orphan'], [{ hide: 'party' }, 404, 'layout.orphan'],
    [{ move: 'news', after: '', into: 'top' }, 400, 'arrange.verb'], [{ move: 'news', after: '', into: 'todo/main' }, 400, 'arrange.verb'],
    [{ move: 'news', after: 'apps', into: 'figures/content' }, 400, 'layout.anchor'], [{ move: 'figures', after: '', into: 'figures/content' }, 400, 'layout.loop'],
    [{ move: 'news', after: 'party' }, 400, 'layout.anchor'], [{ move: 'news', after: 'news' }, 400, 'layout.anchor'],
    [{ pin: 'apps limit 3' }, 403, 'arrange.property'], [{ pin: 'apps' }, 400, 'arrange.verb'], [{ dance: 'news' }, 400, 'arrange.verb'],
    [{ page: 'me', hide: 'guide' }, 403, 'arrange.off'], [{ page: 'nowhere', hide: 'news' }, 404, 'layout.none'], [{ page: '../x', hide: 'news' }, 400, 'arrange.verb'],
  ]) {
    const reply = await asked(fields);
    assert.deepEqual([reply.status, JSON.parse(reply.text).code], [status, code], JSON.stringify(fields));
    assert.equal(reply.headers['content-type'], 'application/problem+json');
    assert.equal((await change(fields)).status, status);
  }
  const html = await page('/w/home?arrange');
  assert.ok(!html.includes('arrange_'), 'a word is missing');
  assert.match(html, /id="card-notice"[^>]*data-fixed[^>]*data-required/);
  assert.ok(!html.includes('name="hide" value="notice"') && !html.includes('name="up" value="notice"'));
});

test('a card goes into a section and out of it, and favourites are found where it went', async () => {
  const inside = 'figures/content';
  const before = cardsIn(await page('/w/home?arrange'), inside);
  await change({ move: 'apps', into: inside, after: before[0] });
  let html = await page('/w/home?arrange');
  assert.deepEqual(cardsIn(html, inside), [before[0], 'apps', ...before.slice(1)]);
  assert.ok(!cards(html, 'shown').includes('apps') && html.includes('id="pins-apps"'));
  const [order] = [blocks(await page())];
  assert.ok(order.indexOf('apps') === order.indexOf(before[0]) + 1);
  await change({ up: before[0] });
  html = await page('/w/home?arrange');
  assert.deepEqual(cardsIn(html, inside), ['apps', ...before.slice(1)]);
  assert.equal(cards(html, 'shown').indexOf(before[0]), cards(html, 'shown').indexOf('figures') - 1);
  await change({ down: before[0] });
  assert.deepEqual(cardsIn(await page('/w/home?arrange'), inside), [before[0], 'apps', ...before.slice(1)]);
  await change({ hide: 'apps' });
  await change({ show: 'apps' });
  assert.deepEqual(cardsIn(await page('/w/home?arrange'), inside), [before[0], 'apps', ...before.slice(1)]);
});

test('favourite apps come first, for her alone', async () => {
  const tiles = async (who) => [...(await page('/w/home', who)).split('id="b-apps"')[1].split('</ul>')[0].matchAll(/href="(\/w[^"]+)"/g)].map((found) => found[1]);
  const neighbour = (await signIn(server.base, 'hanyumei')).cookie;
  const theirs = await tiles(neighbour);
  const before = await tiles(cookie);
  assert.equal((await change({ pin: 'apps pinned repair' })).headers.location, '/w/home?arrange#pins-apps');
  await change({ pin: 'apps pinned contacts' });
  assert.deepEqual((await tiles(cookie)).slice(0, 2), ['/w/app?id=repair', '/w/people']);
  assert.match(await page('/w/home?arrange'), /name="unpin" value="apps pinned repair" aria-pressed="true"/);
  assert.deepEqual(await tiles(neighbour), theirs);
  await change({ unpin: 'apps pinned repair' });
  await change({ unpin: 'apps pinned contacts' });
  assert.deepEqual(await tiles(cookie), before);
});

test('the same as JSON: several changes are one, refused as a whole, and hers alone', async () => {
  const call = await openApi(() => server);
  const address = '/api/v1/pages/home/arrangement';
  const api = (method, verbs, path = address, who = cookie) => call(who, method, path, verbs && { verbs });
  assert.deepEqual((await api('GET')).body, { page: 'home', arrangeable: true, verbs: [] });
  const before = cards(await page('/w/home?arrange'), 'shown');
  const [first, second] = before.filter((id) => !['notice', 'todo', 'figures'].includes(id));
  const done = await api('POST', [{ verb: 'hide', block: 'news' }, { verb: 'move', block: second, after: '' }, { verb: 'set', block: 'apps', at: '/pinned', value: ['repair'] }]);
  assert.deepEqual([done.status, done.body.verbs.map(({ verb }) => verb).sort()], [200, ['hide', 'move', 'set']]);
  assert.deepEqual((await api('GET')).body, done.body);
  assert.equal(cards(await page('/w/home?arrange'), 'shown')[0], second);
  for (const [verbs, status, code, where] of [
    [[{ verb: 'hide', block: first }, { verb: 'hide', block: 'notice' }], 403, 'layout.locked', '/verbs/1'],
    [[{ verb: 'hide', block: first }, { verb: 'set', block: 'apps', at: '/limit', value: 3 }], 403, 'arrange.property', '/verbs/1'],
    [[{ verb: 'hide', block: first }, { verb: 'move', block: 'nothing', after: '' }], 404, 'layout.orphan', '/verbs/1'],
    [[{ verb: 'lock', block: first }], 400, 'desk.body', '/verbs/0/verb'], [[], 400, 'desk.body', '/verbs'],
  ]) {
    const { status: is, body } = await api('POST', verbs);
    assert.deepEqual([is, body.code, body.where], [status, code, where], JSON.stringify(body));
  }
  assert.deepEqual((await api('GET')).body, done.body, 'nothing was half done');
  assert.equal((await api('GET', undefined, '/api/v1/pages/nowhere/arrangement')).body.code, 'layout.none');
  assert.equal((await api('POST', [{ verb: 'hide', block: 'guide' }], '/api/v1/pages/me/arrangement')).body.code, 'arrange.off');
  assert.equal((await api('GET', undefined, address, null)).status, 401);
  const neighbour = (await signIn(server.base, 'hanyumei')).cookie;
  assert.deepEqual((await api('GET', undefined, address, neighbour)).body.verbs, []);
  assert.equal((await api('DELETE')).status, 204);
  assert.deepEqual([(await api('GET')).body.verbs, cards(await page('/w/home?arrange'), 'shown')], [[], before]);
});

test('many changes at once from two devices: none is lost', async () => {
  const other = (await signIn(server.base, 'wangfang')).cookie;
  const away = ['banner', 'agenda', 'news', 'months', 'kpi-new', 'kpi-happy'];
  const replies = await Promise.all(away.map((hide, i) => post(server.base, '/arrange', { page: 'home', hide }, { cookie: i % 2 ? cookie : other })));
  assert.deepEqual(replies.map((reply) => reply.status), away.map(() => 303));
  assert.deepEqual(cards(await page('/w/home?arrange'), 'hidden').sort(), [...away].sort());
});

test('nobody and other sites change nothing', async () => {
  const before = await page();
  assert.equal((await post(server.base, '/arrange', { page: 'home', hide: 'news' })).headers.location, '/');
  assert.equal((await change({ hide: 'news' }, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
  assert.equal(await page(), before);
  assert.equal((await get(server.base, '/w/me?arrange', cookie)).status, 403);
  assert.equal((await get(server.base, '/w/nowhere?arrange', cookie)).status, 404);
});

test('the script is small, kept for a year, and only where pages are arranged', async () => {
  const [, address] = (await page('/w/home?arrange')).match(/<script type="module" src="(\/a\/arrange-\w+\.js)">/);
  const reply = await get(server.base, address, undefined, { 'Accept-Encoding': 'br' });
  assert.match(reply.headers.get('cache-control'), /immutable/);
  assert.ok(Number(reply.headers.get('content-length')) <= 8 << 10, reply.headers.get('content-length'));
  assert.match(reply.headers.get('content-type'), /^text\/javascript/);
  assert.ok(!(await page('/w/todo')).includes('/a/arrange-'));
  assert.equal((await get(server.base, '/a/0123456789abcdef.js')).status, 404);
});
