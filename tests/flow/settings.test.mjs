import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApi } from '../api.mjs';
import { get, post, signIn, startServer } from '../harness.mjs';

let server;
let cookie;
before(async () => {
  server = await startServer();
  cookie = (await signIn(server.base, 'wangfang')).cookie;
});
after(() => server.stop());

const home = async () => (await get(server.base, '/w/home', cookie)).text();
const save = (fields, headers = { cookie }) => post(server.base, '/me', fields, headers);

test('each setting shows on the next page', async () => {
  const shown = [
    [{ scheme: 'dark' }, 'data-scheme="dark"'], [{ scheme: 'light' }, 'data-scheme="light"'], [{ scheme: 'auto' }, 'data-scheme="auto"'],
    [{ size: 'large' }, 'data-size="large"'], [{ lang: 'en' }, '<html lang="en"'], [{ lang: 'zh' }, '<html lang="zh-CN"'],
  ];
  for (const [fields, text] of shown) {
    const reply = await save(fields);
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.location, '/w/me');
    assert.ok((await home()).includes(text), text);
  }
  await save({ size: 'normal' });
  assert.ok(!(await home()).includes('data-size'));
});

test('settings are the person\'s: on her other device too, on nobody else\'s', async () => {
  const other = (await signIn(server.base, 'wangfang')).cookie;
  const neighbour = (await signIn(server.base, 'hanyumei')).cookie;
  await save({ scheme: 'dark', lang: 'en' });
  const page = await (await get(server.base, '/w/me', other)).text();
  assert.match(page, /<html lang="en" data-scheme="dark"/);
  assert.match(page, /value="dark" checked/);
  assert.match(await (await get(server.base, '/w/me', neighbour)).text(), /<html lang="zh-CN" data-scheme="auto"/);
  await save({ scheme: 'auto', lang: 'zh' });
});

test('an unknown value changes nothing, also not the good ones beside it', async () => {
  const before = await home();
  const wrong = [{ scheme: 'pink' }, { scheme: '' }, { scheme: 'light dark' }, { scheme: ' ' }, { lang: 'fr' }, { lang: 'zh en' },
    { size: 'large', scheme: '"><b>' }, { lang: 'en', size: 'x'.repeat(9000) }];
  for (const fields of wrong) assert.equal((await save(fields)).status, 400, JSON.stringify(fields).slice(0, 60));
  assert.equal((await save('scheme=%ff')).status, 400);
  assert.equal(await home(), before);
});

test('the same as JSON', async () => {
  const call = await openApi(() => server);
  const settings = async () => (await call(cookie, 'GET', '/api/v1/settings')).body;
  const before = await settings();
  assert.deepEqual([before.lang, before.scheme, before.size, before.theme], ['zh', 'auto', 'normal', 'unit']);
  assert.ok(before.themes.some(({ id }) => id === 'dusk'));
  assert.equal((await call(cookie, 'PATCH', '/api/v1/settings', { lang: 'en', size: 'large', theme: 'dusk' })).status, 204);
  assert.deepEqual(await settings(), { ...before, lang: 'en', size: 'large', theme: 'dusk' });
  assert.match(await home(), /<html lang="en"[^>]*data-size="large"/);
  for (const [body, code] of [[{ lang: 'zh', theme: 'nowhere' }, 'me.setting'], [{ scheme: 'pink' }, 'desk.body'], [{}, 'desk.body'], [{ lang: 'zh', groups: 'x' }, 'desk.body']])
    assert.equal((await call(cookie, 'PATCH', '/api/v1/settings', body)).body.code, code, JSON.stringify(body));
  assert.equal((await settings()).lang, 'en', 'nothing was half done');
  assert.equal((await call(null, 'GET', '/api/v1/settings')).status, 401);
  assert.equal((await call(cookie, 'PATCH', '/api/v1/settings', { lang: 'zh', size: 'normal', theme: 'unit' })).status, 204);
  assert.deepEqual(await settings(), before);
});

test('unknown fields, no fields and broken escapes are harmless', async () => {
  const before = await home();
  for (const body of ['', '&&&===', 'id=hanyumei&groups=leaders', '%', '%zz=%zz', 'scheme%00=dark', 'a=b'.repeat(999)])
    assert.equal((await save(body)).status, 303, body.slice(0, 40));
  assert.equal(await home(), before);
});

test('nobody has no settings', async () => {
  const reply = await save({ scheme: 'dark' }, {});
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.location, '/');
});

test('many at once: the last one holds, none is lost half', async () => {
  const values = Array.from({ length: 40 }, (_, i) => ({ scheme: i % 2 ? 'dark' : 'light', size: i % 2 ? 'large' : 'normal' }));
  const replies = await Promise.all(values.map((fields) => save(fields)));
  assert.ok(replies.every((reply) => reply.status === 303));
  assert.match(await home(), /data-scheme="dark" data-size="large"|data-scheme="light">/);
  await save({ scheme: 'auto', size: 'normal' });
});
