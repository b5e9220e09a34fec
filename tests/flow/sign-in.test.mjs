import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, cpuTime, get, password, post, signIn, startServer } from '../harness.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

const without = (text) => text.replaceAll(/value="[^"]*"/g, '');

test('the right password opens a session in a cookie no script can read', async () => {
  const reply = await post(server.base, '/sign-in', { name: 'wangfang', password });
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.location, '/w/home');
  const [cookie] = reply.headers['set-cookie'];
  assert.match(cookie, /^sid=[\w-]{32,}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
  assert.equal((await get(server.base, '/w/home', cookie.split(';')[0])).status, 200);
});

test('the name is taken in any case and with blanks around it', async () => {
  assert.equal((await signIn(server.base, ' WangFang ')).status, 303);
});

test('behind TLS the cookie is for TLS only', async () => {
  const secure = await startServer({ args: ['--secure'] });
  const { reply } = await signIn(secure.base, 'wangfang');
  assert.match(reply.headers.get('set-cookie'), /; Secure$/);
  await secure.stop();
});

test('a wrong password and an unknown name get the same answer for the same work', async () => {
  const attempt = async (name) => {
    const before = cpuTime(server.pid); // what others do meanwhile counts little in it
    const reply = await post(server.base, '/sign-in', { name, password: 'wrong' });
    assert.equal(reply.status, 401);
    assert.equal(reply.headers['set-cookie'], undefined);
    return { text: without(reply.text), ms: (cpuTime(server.pid) - before) / 1e6 };
  };
  const known = [];
  const unknown = [];
  for (const i of [0, 1, 2, 3, 4]) {
    known.push(await attempt(['qinyue', 'hejing', 'luozhiqiang', 'fangwenjing', 'zhoumingyuan'][i]));
    unknown.push(await attempt(`nobody${i}`));
  }
  const least = (list) => Math.min(...list.map((one) => one.ms));
  assert.equal(known[0].text, unknown[0].text);
  const ratio = least(known) / least(unknown);
  assert.ok(ratio > 0.5 && ratio < 2, `known ${least(known)} ms, unknown ${least(unknown)} ms`);
});

test('the reply to a wrong password keeps the name, escaped, and never the password', async () => {
  const reply = await post(server.base, '/sign-in', { name: '"><script>x</script>', password: 'hunter2<b>' });
  assert.equal(reply.status, 401);
  assert.ok(reply.text.includes('value="&quot;&gt;&lt;script&gt;x&lt;/script&gt;"'), reply.text.slice(0, 2000));
  assert.ok(!reply.text.includes('hunter2'));
});

test('an empty, too long or unreadable name or password is refused without trying', async () => {
  const bodies = ['', 'name=wangfang', 'password=x', 'name=&password=x', `name=${'x'.repeat(5000)}&password=x`, 'name=%ff%fe&password=x',
    'name=a%00b&password=x'];
  for (const body of bodies) {
    const reply = await post(server.base, '/sign-in', body);
    assert.equal(reply.status, 400, body.slice(0, 40));
    assert.match(reply.headers['content-type'], /^text\/html/);
  }
});

test('ten wrong passwords close a name for a while, even to the right one, and no other name', async () => {
  const wrong = await Promise.all(Array.from({ length: 24 }, () => post(server.base, '/sign-in', { name: 'guozhicheng', password: 'wrong' })));
  const statuses = wrong.map((reply) => reply.status);
  assert.equal(statuses.filter((status) => status === 401).length, 10, `${statuses}`);
  assert.equal(statuses.filter((status) => status === 429).length, 14, `${statuses}`);
  const reply = await post(server.base, '/sign-in', { name: 'GuoZhiCheng', password });
  assert.equal(reply.status, 429);
  const wait = Number(reply.headers['retry-after']);
  assert.ok(wait > 0 && wait <= 15 * 60, reply.headers['retry-after']);
  assert.equal((await signIn(server.base, 'hanyumei')).status, 303);
});

test('a right password clears the count of wrong ones', async () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 9; i++) assert.equal((await signIn(server.base, 'madeshun', 'wrong')).status, 401);
    assert.equal((await signIn(server.base, 'madeshun')).status, 303);
  }
});

test('a form on another site cannot sign in, sign out or change settings', async () => {
  const { cookie } = await signIn(server.base, 'xuyizhou');
  const foreign = [
    { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'https://evil.example' }, { Origin: 'null' },
    { Origin: `${server.base}.evil.example` }, { 'Sec-Fetch-Site': 'cross-site', Origin: server.base },
  ];
  for (const headers of foreign) {
    assert.equal((await post(server.base, '/sign-in', { name: 'wangfang', password }, headers)).status, 403, JSON.stringify(headers));
    assert.equal((await post(server.base, '/me', { scheme: 'light' }, { cookie, ...headers })).status, 403);
    assert.equal((await post(server.base, '/sign-out', '', { cookie, ...headers })).status, 403);
  }
  assert.equal((await get(server.base, '/w/home', cookie)).status, 200);
  for (const headers of [{ 'Sec-Fetch-Site': 'same-origin' }, { Origin: server.base }, { 'Sec-Fetch-Site': 'none' }])
    assert.equal((await post(server.base, '/me', { scheme: 'light' }, { cookie, ...headers })).status, 303);
});

test('signing out ends the session on the server and empties what the browser kept', async () => {
  const { cookie } = await signIn(server.base, 'wangfang');
  const other = (await signIn(server.base, 'wangfang')).cookie;
  const reply = await post(server.base, '/sign-out', '', { cookie });
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.location, '/');
  assert.match(reply.headers['set-cookie'][0], /^sid=; .*Max-Age=0/);
  assert.match(reply.headers['clear-site-data'], /"cache"/);
  const again = await get(server.base, '/w/home', cookie);
  assert.equal(again.status, 303);
  assert.equal(again.headers.get('location'), '/');
  assert.equal((await get(server.base, '/w/home', other)).status, 200, 'her other device stays signed in');
});

test('signing out twice, or with no session at all, is no error', async () => {
  const { cookie } = await signIn(server.base, 'wangfang');
  for (const headers of [{ cookie }, { cookie }, {}, { cookie: 'sid=x' }, { cookie: `sid=${'A'.repeat(43)}` }]) {
    const reply = await post(server.base, '/sign-out', '', headers);
    assert.equal(reply.status, 303, JSON.stringify(headers));
    assert.equal(reply.headers.location, '/');
  }
});

test('a broken, forged, doubled or oversized cookie is nobody', async () => {
  const { cookie } = await signIn(server.base, 'wangfang');
  const last = cookie.at(-1) === 'A' ? 'B' : 'A';
  const cookies = ['sid', 'sid=', 'sid=x', `${cookie}x`, cookie.slice(0, -1), cookie.slice(0, -1) + last, `sid=${'A'.repeat(43)}`,
    `sid=${'A'.repeat(4000)}`, 'sid=../../etc/passwd', 'sid=%00%ff', ';;;;=;=', `other=${cookie.slice(4)}`];
  for (const broken of cookies) {
    const reply = await ask(server.base, { path: '/w/home', headers: { cookie: broken } });
    assert.equal(reply.status, 303, broken.slice(0, 60));
    assert.equal(reply.headers.location, '/');
  }
  assert.equal((await get(server.base, '/w/home', `a=b; ${cookie}; c=d`)).status, 200);
});

test('who is signed in has no business at the door', async () => {
  const { cookie } = await signIn(server.base, 'wangfang');
  const reply = await get(server.base, '/', cookie);
  assert.equal(reply.status, 303);
  assert.equal(reply.headers.get('location'), '/w/home');
});
