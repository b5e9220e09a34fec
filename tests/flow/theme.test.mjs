// Themes and words are layers like any other: edited, checked, published, explained, locked and taken back over HTTP.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { get, post, root, startServer } from '../harness.mjs';
import { openDesk } from './desk.mjs';

const layer = (unit, name = 'theme') => `/api/v1/tenants/${unit}/layers/${name}`;
const group = layer('huaheng');
const province = layer('huaheng-jl');
const marketing = layer('huaheng-jl', 'theme:marketing');
const dongyu = layer('huaheng-dy');
const layers = [group, province, marketing, dongyu];
const demo = JSON.parse(readFileSync(join(root, 'tenants/demo/layers/huaheng/theme.json'), 'utf8')).verbs;

let server;
let desk;
before(async () => {
  server = await startServer();
  desk = await openDesk(() => server, ['zhoumingyuan', 'chengweimin', 'wangfang', 'shenliqun', 'guozhicheng', 'madeshun', 'elinsolberg']);
});
after(() => server.stop());

/** Every layer says again what it said in the demo. */
beforeEach(async () => {
  for (const one of layers) {
    const verbs = [{ verb: 'restore', block: 'page' }, ...(one === group ? demo : [])];
    if ((await desk.commanded('zhoumingyuan', one, verbs)).changed) await desk.published('zhoumingyuan', one);
  }
});

const token = (name, set, value) => ({ verb: 'token', name, set, value });
const word = (component, key, lang, value) => ({ verb: 'word', component, key, lang, value });
const say = async (one, ...verbs) => {
  await desk.commanded('zhoumingyuan', one, verbs);
  return desk.published('zhoumingyuan', one);
};
const look = async (one) => (await desk.api('zhoumingyuan', 'GET', `${one}/draft/look`)).body;
const html = async (who, path = '/w/home') => (await get(server.base, path, desk.cookies[who])).text();
const sheetOf = (page) => page.match(/href="(\/t\/[^"]+\.css)"/)[1];
const sheet = async (who) => {
  const address = sheetOf(await html(who));
  const reply = await get(server.base, address);
  return { address, css: await reply.text(), kept: reply.headers.get('cache-control') };
};
/** What a token is by day. */
const value = (css, name) => css.split('@media')[0].match(new RegExp(`--${name}:([^;]+);`))?.[1];

test('a token said at the group reaches every unit below that does not say otherwise', async () => {
  const before = { jl: await sheet('wangfang'), dy: await sheet('elinsolberg') };
  assert.equal(value(before.jl.css, 'color-brand'), '#0a59c2');
  const green = value(before.dy.css, 'color-brand');
  assert.notEqual(green, '#0a59c2');
  await say(group, token('color.brand', 'light', '#7a1fa2'), token('radius.3', 'base', '20px'));
  const after = { jl: await sheet('wangfang'), dy: await sheet('elinsolberg') };
  assert.equal(value(after.jl.css, 'color-brand'), '#7a1fa2');
  assert.equal(value(after.dy.css, 'color-brand'), green, 'a unit\'s own theme stands over what is said above');
  assert.equal(value(after.dy.css, 'radius-3'), '20px');
  for (const unit of ['jl', 'dy']) {
    assert.notEqual(after[unit].address, before[unit].address);
    assert.match(after[unit].kept, /immutable/);
  }
  await say(group, { verb: 'restore', block: 'page', at: '/tokens/light/color.brand' });
  assert.equal(value((await sheet('wangfang')).css, 'color-brand'), '#0a59c2');
  assert.equal(value((await sheet('wangfang')).css, 'radius-3'), '20px');
});

test('a specialty has its own, and units where it makes no difference share a sheet', async () => {
  const shared = sheetOf(await html('guozhicheng'));
  assert.doesNotMatch(shared, /%3A/);
  await say(marketing, token('color.accent', 'light', '#8a3a00'));
  assert.match(sheetOf(await html('wangfang')), /^\/t\/huaheng-jl[^/]*%3Amarketing\//);
  assert.equal(value((await sheet('wangfang')).css, 'color-accent'), '#8a3a00');
  assert.equal(sheetOf(await html('guozhicheng')), shared);
  const strange = await get(server.base, shared.replace(/^\/t\/([^/]+)\//, '/t/$1:nosuch@nosuch/'));
  assert.equal(strange.status, 200);
  assert.equal(await strange.text(), (await sheet('guozhicheng')).css);
});

test('what makes no sense is refused when it is saved, each with its place', async () => {
  const { version } = await desk.draft('zhoumingyuan', group);
  const cases = [
    [token('color.nope', 'light', '#7a1fa2'), '/name', 'theme.unknown'],
    [token('color.brand', 'base', '#7a1fa2'), '/name', 'theme.unknown'],
    [token('color.brand', 'light', '16px'), '/value', 'theme.token'],
    [token('space.4', 'base', '#ffffff'), '/value', 'theme.token'],
    [token('color.ok', 'light', '{color.nowhere}'), '/value', 'theme.alias'],
    [token('color.warn', 'light', '{color.warn}'), '/value', 'theme.circle'],
    [word('todo', 'titel', 'zh', '待我审批'), '/key', 'theme.word'],
    [word('todo', 'nothing', 'zh', '没有'), '/key', 'theme.word'],
    [word('nosuch', 'title', 'zh', '待我审批'), '/component', 'theme.word'],
    [word('other/todo', 'title', 'zh', '待我审批'), '/component', 'theme.word'],
    [word('todo', 'open', 'zh', '{待办'), '/value', 'view.syntax'],
    [{ verb: 'set', block: 'page', at: '/offers', value: ['dusk', 'nosuch'] }, '/value/1', 'theme.none'],
    [{ verb: 'set', block: 'page', at: '/title', value: 'x' }, '/at', 'theme.verb'],
    [{ verb: 'add', block: 'x', component: 'kpi', into: 'main' }, '/verb', 'theme.verb'],
    [{ ...token('color.bad', 'light', '#c00000'), audience: 'party-members' }, '/audience', 'theme.verb'],
    [{ verb: 'lock', block: 'page', lock: 'closed' }, '/lock', 'theme.verb'],
  ];
  const { status, body } = await desk.command('zhoumingyuan', group, cases.map(([verb]) => verb));
  assert.equal(status, 400);
  for (const [i, [verb, place, code]] of cases.entries()) {
    const found = body.errors.filter((error) => error.where === `/verbs/${i}${place}` && error.code === code);
    assert.equal(found.length, 1, `${JSON.stringify(verb)} ${code} ${place}: ${JSON.stringify(body.errors.filter((error) => error.where.startsWith(`/verbs/${i}/`)))}`);
  }
  assert.equal((await desk.draft('zhoumingyuan', group)).version, version);
  for (const verb of [token('color.brand', 'night', '#fff'), token('a..b', 'light', '#fff'), word('todo', 'title', 'fr', 'x'), word('todo', 'title', 'zh', ''), word('todo', 'title', 'zh', 'x'.repeat(501))])
    assert.equal((await desk.command('zhoumingyuan', group, [verb])).body.errors[0].code, 'edit.shape', JSON.stringify(verb).slice(0, 90));
  const home = await desk.command('zhoumingyuan', layer('huaheng', 'home'), [token('color.brand', 'light', '#7a1fa2')]);
  assert.deepEqual([home.status, home.body.errors[0].where, home.body.errors[0].code], [400, '/verbs/0/verb', 'theme.verb']);
});

test('a pair that nobody can read is not published, and the numbers are told', async () => {
  await desk.commanded('zhoumingyuan', province, [token('color.text-3', 'light', '#b1b9c5')]);
  const check = (await desk.api('zhoumingyuan', 'POST', `${province}/draft/check`)).body;
  assert.equal(check.publishable, false);
  assert.deepEqual(check.issues.map((issue) => [issue.code, issue.pair]), [['theme.contrast', { scheme: 'light', text: 'text-3', ground: 'surface', is: 1.97, needs: 4.5 }]]);
  const refused = await desk.publish('zhoumingyuan', province);
  assert.deepEqual([refused.status, refused.body.code, refused.body.errors[0].code], [409, 'edit.refused', 'theme.contrast']);
  assert.match(refused.body.errors[0].detail, /1\.97.+4\.5/);
  const pairs = (await look(province)).contrasts;
  assert.ok(pairs.some((pair) => pair.scheme === 'dark') && pairs.filter((pair) => pair.is < pair.needs).length === 1);
});

test('what is sealed binds the verbs, the themes and the choices below', async () => {
  await say(group, { verb: 'lock', block: 'page', lock: 'sealed', at: '/tokens/light/color.brand' }, token('color.brand', 'light', '#7a1fa2'));
  const { status, body } = await desk.command('chengweimin', province, [token('color.brand', 'light', '#00796b')]);
  assert.deepEqual([status, body.errors[0].code], [400, 'layout.locked']);
  assert.match(body.errors[0].detail, /huaheng/);
  assert.equal(value((await sheet('elinsolberg')).css, 'color-brand'), '#7a1fa2', 'a theme below does not break the seal');
  await post(server.base, '/me', { theme: 'dusk' }, { cookie: desk.cookies.wangfang });
  assert.equal(value((await sheet('wangfang')).css, 'color-brand'), '#7a1fa2');
  await post(server.base, '/me', { theme: 'unit' }, { cookie: desk.cookies.wangfang });
  assert.ok((await look(province)).locks.some((lock) => lock.at === '/tokens/light/color.brand' && lock.by.unit === 'huaheng'));
});

test('every token says who set it', async () => {
  const of = (all, name) => all.tokens.find((one) => one.name === name && one.set === 'light');
  assert.deepEqual(of(await look(province), 'color.brand').by, { unit: 'huaheng' });
  await say(group, token('color.brand', 'light', '#7a1fa2'));
  assert.equal(of(await look(province), 'color.brand').by.layer, 'theme');
  assert.equal(of(await look(province), 'color.brand').by.by, 'zhoumingyuan');
  assert.equal(of(await look(province), 'color.brand').by.own, false);
  await desk.commanded('zhoumingyuan', province, [token('color.brand', 'light', '#00796b')]);
  const own = of(await look(province), 'color.brand');
  assert.deepEqual([own.by.unit, own.by.own, own.css, own.type], ['huaheng-jl', true, '--color-brand:#00796b;', 'color']);
  await desk.commanded('zhoumingyuan', province, [{ verb: 'restore', block: 'page', at: '/tokens/light/color.brand' }]);
  assert.equal(of(await look(province), 'color.brand').by.unit, 'huaheng');
  assert.equal((await desk.draft('zhoumingyuan', province)).changed, false);
  assert.deepEqual(of(await look(dongyu), 'color.brand').by, { unit: 'huaheng-dy' });
  const explained = (await desk.api('zhoumingyuan', 'GET', '/api/v1/pages/theme/explain?person=wangfang&tenant=huaheng-jl')).body;
  assert.equal(explained.properties.find((one) => one.at === '/tokens/light/color.brand').by.unit, 'huaheng');
});

test('impact, diff and bringing back are those of every layer', async () => {
  await say(province, token('color.brand', 'light', '#00796b'), word('todo', 'title', 'zh', '待我审批'));
  await desk.commanded('zhoumingyuan', group, [token('color.brand', 'light', '#7a1fa2')]);
  const impact = (await desk.api('zhoumingyuan', 'POST', `${group}/draft/impact`)).body;
  assert.deepEqual([impact.overrides, impact.items[0].tenant, impact.items[0].name.zh, impact.items[0].what], [1, 'huaheng-jl', '江澜电力', 'overrides']);
  const diff = (await desk.api('zhoumingyuan', 'GET', `${group}/diff?from=published&to=draft`)).body.differences;
  assert.deepEqual([diff.length, diff[0].at, diff[0].after], [1, '/tokens/light/color.brand', '#7a1fa2']);
  assert.match(diff[0].text.zh, /color\.brand/);
  assert.equal(diff[0].by.by, 'zhoumingyuan');
  const { number } = await desk.published('zhoumingyuan', group);
  await desk.api('zhoumingyuan', 'POST', `${group}/revisions/${number - 1}/rollback`, { reason: 'no' });
  assert.equal(value((await sheet('zhoumingyuan')).css, 'color-brand'), '#0a59c2');
});

test('words are called otherwise below, in both languages, and pages follow at once', async () => {
  assert.match(await html('wangfang'), /<h2[^>]*>我的待办/);
  await say(province, word('todo', 'title', 'zh', '待我审批 <b>'), word('todo', 'title', 'en', 'Awaiting me'), word('todo', 'nothing.open', 'zh', '全部办完'), word('ui', 'more', 'zh', '全部'));
  let page = await html('wangfang');
  assert.match(page, /待我审批 &lt;b&gt;/);
  assert.ok(!page.includes('我的待办') && !page.includes('>更多<'));
  assert.match(await html('guozhicheng'), /待我审批/, 'the subtree follows');
  assert.match(await html('zhoumingyuan'), /我的待办/, 'the group does not');
  await post(server.base, '/me', { lang: 'en' }, { cookie: desk.cookies.wangfang });
  assert.match(await html('wangfang'), /Awaiting me/);
  await post(server.base, '/me', { lang: 'zh' }, { cookie: desk.cookies.wangfang });
  await say(group, word('todo', 'title', 'zh', '集团待办'));
  assert.match(await html('wangfang'), /待我审批/);
  assert.match(await html('madeshun'), /集团待办/);
  const said = (await look(province)).words;
  assert.deepEqual(said.filter((one) => one.key === 'title' && one.lang === 'zh').map((one) => [one.text, one.by.unit, one.by.own]), [['待我审批 <b>', 'huaheng-jl', true]]);
  await say(province, { verb: 'restore', block: 'page', at: '/words/todo/title/zh' });
  page = await html('wangfang');
  assert.match(page, /集团待办/);
  assert.match(await html('wangfang', '/w/home?arrange'), /集团待办/);
});

test('a person chooses among what is offered, and nothing else', async () => {
  const me = (fields) => post(server.base, '/me', fields, { cookie: desk.cookies.wangfang });
  assert.match(await html('wangfang', '/w/me'), /value="unit" checked[\s\S]+value="dusk"/);
  const before = await sheet('wangfang');
  assert.equal((await me({ theme: 'verdant' })).status, 303);
  const chosen = await sheet('wangfang');
  assert.match(chosen.address, /%40verdant\//);
  assert.notEqual(value(chosen.css, 'color-brand'), value(before.css, 'color-brand'));
  assert.match(await html('wangfang', '/w/me'), /value="verdant" checked/);
  assert.equal(sheetOf(await html('guozhicheng')).includes('%40'), false);
  for (const theme of ['nosuch', '', 'default', 'verdant dusk']) assert.equal((await me({ theme })).status, 400, theme);
  await say(province, { verb: 'set', block: 'page', at: '/offers', value: ['dusk'] });
  assert.equal(sheetOf(await html('wangfang')), before.address, 'what is offered no longer does not show');
  assert.doesNotMatch(await html('wangfang', '/w/me'), /value="verdant"/);
  assert.equal((await me({ theme: 'verdant' })).status, 400);
  await me({ theme: 'unit' });
});

test('a draft of a look is worn by the canvas of its editor, and by no page', async () => {
  const draft = [token('color.brand', 'light', '#7a1fa2'), word('todo', 'title', 'zh', '待我审批'), word('ui', 'more', 'zh', '全部')];
  await desk.commanded('zhoumingyuan', province, draft);
  const canvas = async (query, who = 'zhoumingyuan') => get(server.base, `/studio/canvas?${query}`, desk.cookies[who]);
  const worn = await canvas('unit=huaheng-jl&layer=home&theme=theme');
  const page = await worn.text();
  assert.match(worn.headers.get('content-security-policy'), /script-src 'none'; style-src 'self'/);
  assert.match(page, /待我审批/);
  assert.match(page, />全部</);
  const style = page.match(/href="(\/studio\/canvas\.css[^"]+)"/)[1].replaceAll('&amp;', '&');
  const reply = await get(server.base, style, desk.cookies.zhoumingyuan);
  assert.deepEqual([reply.status, reply.headers.get('content-type')], [200, 'text/css; charset=utf-8']);
  assert.doesNotMatch(reply.headers.get('cache-control') ?? '', /immutable|public/);
  const css = await reply.text();
  assert.equal(value(css, 'color-brand'), '#7a1fa2');
  assert.match(css, /data-scheme=dark/);
  const below = await get(server.base, `${style.replace('tenant=', 'tenant=huaheng-jl-linzhou')}`, desk.cookies.zhoumingyuan);
  assert.equal(value(await below.text(), 'color-brand'), '#7a1fa2', 'a unit below as it would look');
  const said = (await desk.api('zhoumingyuan', 'GET', `${layer('huaheng-jl', 'home')}/draft/preview?theme=theme`)).body;
  assert.match(said.html, /待我审批/);

  assert.doesNotMatch(await (await canvas('unit=huaheng-jl&layer=home')).text(), /canvas\.css|待我审批/);
  assert.doesNotMatch(await html('wangfang'), /待我审批/);
  assert.equal(value((await sheet('wangfang')).css, 'color-brand'), '#0a59c2');
  for (const [query, who, status] of [['theme=home', 'zhoumingyuan', 400], ['theme=nosuch', 'zhoumingyuan', 400], ['theme=theme', 'elinsolberg', 403], ['theme=theme&person=nosuch', 'zhoumingyuan', 404]]) {
    assert.equal((await canvas(`unit=huaheng-jl&layer=home&${query}`, who)).status, status, query);
    assert.equal((await get(server.base, `/studio/canvas.css?unit=huaheng-jl&layer=home&${query}`, desk.cookies[who])).status, status, query);
  }
  assert.equal((await get(server.base, style)).status, 401);
});

test('what may be called otherwise, and which themes may be offered, is told', async () => {
  const { items } = (await desk.api('zhoumingyuan', 'GET', '/api/v1/tenants/huaheng-jl/words')).body;
  const todo = items.find((one) => one.component === 'todo');
  assert.deepEqual([todo.title.zh, todo.zh.title, todo.en.title], ['我的待办', '我的待办', 'My tasks']);
  assert.equal(items.find((one) => one.component === 'ui').zh.more, '更多');
  assert.equal((await desk.api('wangfang', 'GET', '/api/v1/tenants/huaheng/words')).status, 403);
  assert.deepEqual((await look(province)).themes.map((one) => one.id).sort(), ['dusk', 'huaheng', 'verdant']);
});

test('the page theme is nobody\'s page', async () => {
  assert.equal((await get(server.base, '/w/theme', desk.cookies.wangfang)).status, 404);
  assert.equal((await desk.api('wangfang', 'GET', `${group}/draft/look`)).status, 403);
  assert.equal((await desk.api('zhoumingyuan', 'GET', `${layer('huaheng', 'home')}/draft/look`)).status, 404);
});
