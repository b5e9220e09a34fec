import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ask, post, raw, signIn, startServer } from '../harness.mjs';

let server;
let cookie;
let sheet;
before(async () => {
  server = await startServer();
  cookie = (await signIn(server.base, 'wangfang')).cookie;
  const { text } = await ask(server.base, { path: '/w/home', headers: { cookie } });
  sheet = text.match(/href="(\/t\/[^"]+\.css)"/)[1];
});
after(() => server.stop());

const page = (headers = {}, path = '/w/home', method = 'GET') => ask(server.base, { method, path, headers: { cookie, ...headers } });

test('an unknown page, an unknown address and strange addresses are 404 in HTML', async () => {
  const paths = ['/w/nowhere', '/w/', '/w/home/', '/w/HOME', '/w/..%2fhome', '/w/%E4%B8%AD', '/nowhere', '/admin', '/.git/config', '/w', '/t/',
    '/t/nowhere/x.css', `/w/${'x'.repeat(3000)}`, '//w/home'];
  for (const path of paths) {
    const reply = await page({}, path);
    assert.ok([404, 400].includes(reply.status), `${path.slice(0, 40)}: ${reply.status}`);
    assert.ok(!reply.text.includes('class="card'), path.slice(0, 40));
  }
});

test('nobody gets no page, only the way to the door', async () => {
  for (const path of ['/w/home', '/w/nowhere', '/w/me']) {
    const reply = await ask(server.base, { path });
    assert.equal(reply.status, 303);
    assert.equal(reply.headers.location, '/');
    assert.equal(reply.text, '');
  }
});

test('a page has no address for another unit: what one types into it is not asked', async () => {
  const mine = await page();
  for (const path of ['/w/home?tenant=huaheng-yl', '/w/home?person=zhoumingyuan', '/w/home?as=zhoumingyuan']) {
    const reply = await page({}, path);
    assert.equal(reply.status, 200);
    assert.ok(reply.text.includes('江澜电力') && !reply.text.includes('云岭电力'), path);
  }
  assert.ok(mine.text.includes('江澜电力'));
});

test('another unit\'s sheet is a sheet; an old fingerprint gets today\'s, uncached', async () => {
  const other = await page({}, '/t/huaheng-yl/0000000000000000.css');
  assert.equal(other.status, 200);
  assert.match(other.headers['content-type'], /^text\/css/);
  assert.equal(other.headers['cache-control'], 'no-cache');
  const mine = await ask(server.base, { path: sheet });
  assert.equal(mine.headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.notEqual(other.text, mine.text);
});

test('too many or too long parameters are refused, odd ones are harmless', async () => {
  const many = Array.from({ length: 17 }, (_, i) => `a${i}=1`).join('&');
  for (const query of [many, `q=${'x'.repeat(400)}`, 'q=%ff']) assert.equal((await page({}, `/w/search?${query}`)).status, 400, query.slice(0, 30));
  for (const query of ['', '&&', 'q', 'q=&q=', 'q=%3Cscript%3E', 'day=2026-13-45', 'day=9999-99-99', 'todo=%27', 'id=../x', 'q=%zz']) {
    const reply = await page({}, `/w/search?${query}`);
    assert.equal(reply.status, 200, query);
    assert.ok(!reply.text.replace(/<script type="module" src="\/a\/[\w-]+\.js"><\/script>/, '').includes('<script'), query);
  }
  for (const day of ['2026-13-45', '9999-99-99', '0000-00-00', '2026-02-30'])
    assert.equal((await page({}, `/w/agenda?day=${day}`)).status, 200, day);
});

test('a body over the limit is 413, announced or not', async () => {
  const announced = await raw(server.base, 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n');
  assert.match(announced, /^HTTP\/1.1 413 /);
  const sent = await ask(server.base, { method: 'POST', path: '/sign-in', body: Buffer.alloc((1 << 20) + 1, 'a'),
    headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/x-www-form-urlencoded' } });
  assert.equal(sent.status, 413);
  assert.match(await raw(server.base, 'POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'), /^HTTP\/1.1 4\d\d /);
  const whole = `name=x&password=${'y'.repeat((1 << 20) - 20)}`;
  assert.equal((await post(server.base, '/sign-in', whole)).status, 401, 'a body at the limit is read');
});

test('headers and addresses over the limit are refused with a 4xx, and the server lives', async () => {
  const long = await raw(server.base, `GET /${'x'.repeat(60000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.match(long, /^HTTP\/1.1 (414|431|400) /);
  const wide = await raw(server.base, `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(60000)}\r\n\r\n`);
  assert.match(wide, /^HTTP\/1.1 (431|400) /);
  const fields = Array.from({ length: 3000 }, (_, i) => `X-${i}: y`).join('\r\n');
  const many = await raw(server.base, `GET / HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`);
  assert.match(many, /^HTTP\/1.1 (431|400) /);
  for (const junk of ['\r\n\r\n', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\x00\x01\x02\r\n\r\n'])
    assert.doesNotMatch(await raw(server.base, junk, { wait: 200 }), /^HTTP\/1.1 (2|500)/, JSON.stringify(junk));
  assert.equal((await ask(server.base, { path: '/healthz' })).status, 200);
});

test('a body that is no form is 415', async () => {
  const body = JSON.stringify({ name: 'wangfang', password: 'pinban-demo' });
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencodedx']) {
    const reply = await ask(server.base, { method: 'POST', path: '/sign-in', body, headers: { 'Content-Type': type } });
    assert.equal(reply.status, 415, type);
  }
  assert.equal((await ask(server.base, { method: 'POST', path: '/sign-in', body })).status, 415, 'no type');
  const form = await post(server.base, '/sign-in', { name: 'hanyumei', password: 'pinban-demo' }, { 'Content-Type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' });
  assert.equal(form.status, 303);
});

test('a known address with another method is 405 and says which it takes', async () => {
  const wrong = [['GET', '/sign-in', 'POST'], ['GET', '/sign-out', 'POST'], ['HEAD', '/me', 'POST'], ['POST', '/', 'GET, HEAD'], ['PUT', '/w/home', 'GET, HEAD'],
    ['DELETE', '/healthz', 'GET, HEAD'], ['PATCH', '/me', 'POST'], ['POST', sheet, 'GET, HEAD']];
  for (const [method, path, allow] of wrong) {
    const reply = await page({}, path, method);
    assert.equal(reply.status, 405, `${method} ${path}`);
    assert.equal(reply.headers.allow, allow, `${method} ${path}`);
  }
  for (const method of ['OPTIONS', 'TRACE', 'PROPFIND']) assert.equal((await page({}, '/', method)).status, 501, method);
});

test('HEAD is GET without the body', async () => {
  for (const path of ['/', '/w/home', '/w/nowhere', sheet, '/icon.svg', '/healthz']) {
    const whole = await page({}, path);
    const head = await page({}, path, 'HEAD');
    assert.equal(head.status, whole.status, path);
    assert.equal(head.bytes.length, 0);
    for (const name of ['content-type', 'content-length', 'cache-control', 'etag']) assert.equal(head.headers[name], whole.headers[name], `${path} ${name}`);
  }
});

test('what has an ETag answers 304 to who knows it', async () => {
  for (const path of ['/w/apps', sheet]) {
    const first = await page({}, path);
    const { etag } = first.headers;
    assert.match(etag, /^"[0-9a-f]{16}"$/);
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`]) {
      const again = await page({ 'If-None-Match': known }, path);
      assert.equal(again.status, 304, known);
      assert.equal(again.bytes.length, 0);
      assert.equal(again.headers.etag, etag);
      assert.equal(again.headers['cache-control'], first.headers['cache-control']);
    }
    assert.equal((await page({ 'If-None-Match': '"0000000000000000"' }, path)).status, 200);
  }
});

test('gzip and brotli are the same bytes, smaller; who wants neither gets neither', async () => {
  for (const path of ['/w/apps', sheet]) {
    const plain = await page({}, path);
    assert.equal(plain.headers['content-encoding'], undefined);
    const gzip = await page({ 'Accept-Encoding': 'gzip' }, path);
    assert.equal(gzip.headers['content-encoding'], 'gzip');
    assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
    const brotli = await page({ 'Accept-Encoding': 'br' }, path);
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.deepEqual(brotliDecompressSync(brotli.bytes), plain.bytes);
    assert.ok(gzip.bytes.length < plain.bytes.length / 3 && brotli.bytes.length < plain.bytes.length / 3);
    for (const reply of [plain, gzip, brotli]) assert.equal(reply.headers.vary, 'Accept-Encoding');
    for (const none of ['gzip;q=0', 'identity', 'br;q=0.0, gzip;q=0', 'deflate', ''])
      assert.equal((await page({ 'Accept-Encoding': none }, path)).headers['content-encoding'], undefined, none);
    for (const some of ['gzip, deflate, br, zstd', 'br;q=1.0, gzip;q=0.5']) assert.ok((await page({ 'Accept-Encoding': some }, path)).headers['content-encoding'], some);
  }
});

test('what is made for one request is packed when it is long', async () => {
  const long = '/studio/canvas?unit=huaheng&layer=home';
  const admin = (await signIn(server.base, 'zhoumingyuan')).cookie;
  const of = (path, accepted) => ask(server.base, { path, headers: { cookie: admin, 'Accept-Encoding': accepted } });
  const [plain, gzip] = [await of(long, 'gzip;q=0'), await of(long, 'br, gzip')];
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
  assert.ok(gzip.bytes.length < plain.bytes.length / 3);
  for (const reply of [plain, gzip]) assert.equal(reply.headers.vary, 'Accept-Encoding');
  assert.equal((await of('/healthz', 'gzip')).headers['content-encoding'], undefined);
});

test('the studio\'s script is one file, which imports others only when they are wanted', async () => {
  const { text } = await ask(server.base, { path: '/studio', headers: { cookie: (await signIn(server.base, 'zhoumingyuan')).cookie } });
  const script = text.match(/src="(\/a\/builder-[^"]+)"/)[1];
  const code = (await ask(server.base, { path: script })).text;
  assert.doesNotMatch(code, /(from|import)"\.\//);
  assert.match(code, /import\("\.\//);
});

test('the big drawings are packed too', async () => {
  const { text } = await page();
  const [icons] = text.match(/\/i\/[^"#]+/);
  const packed = await page({ 'Accept-Encoding': 'gzip, br' }, icons);
  assert.ok(packed.headers['content-encoding'], `${packed.bytes.length} bytes of icons go unpacked`);
  assert.equal(packed.headers['cache-control'], 'public, max-age=31536000, immutable');
});

test('a connection is kept for the next request, also after an error', async () => {
  const one = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
  const reply = await raw(server.base, `${one}GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n${one}`, { wait: 500 });
  assert.deepEqual(reply.match(/HTTP\/1.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200']);
});

test('an actor in a hurry is told to wait, others are not', async () => {
  const impatient = (await signIn(server.base, 'shenliqun')).cookie;
  const replies = await Promise.all(Array.from({ length: 400 }, () => fetch(`${server.base}/w/apps`, { headers: { cookie: impatient } }).then(async (reply) => {
    await reply.arrayBuffer();
    return reply;
  })));
  const refused = replies.filter((reply) => reply.status === 429);
  assert.ok(refused.length > 0 && refused.length <= 200, `${refused.length} refused`);
  assert.ok(refused.every((reply) => reply.headers.get('retry-after') === '1'));
  assert.equal((await page()).status, 200);
});

test('behind a proxy each of its clients counts for himself, and none sees the numbers', async () => {
  const behind = await startServer({ demo: false, args: ['--proxy', '127.0.0.1'] });
  const from = (client) => ask(behind.base, { path: '/sign-in', headers: { 'X-Forwarded-For': `127.0.0.1, ${client}` } });
  const first = await Promise.all(Array.from({ length: 300 }, () => from('203.0.113.1')));
  assert.ok(first.some(({ status }) => status === 429), 'one client has a limit');
  assert.notEqual((await from('203.0.113.2')).status, 429);
  assert.equal((await ask(behind.base, { path: '/metrics', headers: { 'X-Forwarded-For': '203.0.113.1' } })).status, 404);
  assert.equal((await ask(behind.base, { path: '/metrics' })).status, 200);
  // what the client itself wrote before the proxy's entry or line, or what is no address, makes it nobody else
  const lines = (...values) => ask(behind.base, { path: '/sign-in', headers: { 'X-Forwarded-For': values } });
  const refused = async (lineOf) => (await Promise.all(Array.from({ length: 300 }, (_, i) => lineOf(i)))).some(({ status }) => status === 429);
  assert.ok(await refused((i) => lines(`198.51.100.${i % 250}`, '203.0.113.3')), 'a line of its own');
  assert.notEqual((await lines('203.0.113.3', '198.51.100.1')).status, 429);
  assert.ok(await refused((i) => lines('203.0.113.4', `198.51.100.${i}x`)), 'no address');
  await behind.stop();
  // without a proxy that is known anybody may write that header
  assert.equal((await ask(server.base, { path: '/metrics', headers: { 'X-Forwarded-For': '127.0.0.1' } })).status, 404);
});

test('health is short; numbers are in the form Prometheus reads', async () => {
  const health = await ask(server.base, { path: '/healthz' });
  assert.deepEqual([health.status, health.text], [200, '{"status":"ok"}\n']);
  const metrics = await ask(server.base, { path: '/metrics' });
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of metrics.text.trim().split('\n')) assert.match(line, /^(#.*|[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? \d+(\.\d+)?)$/);
  const value = (text, name) => Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))[1]);
  const before = value(metrics.text, 'pinban_requests_total\\{class="2xx"\\}');
  await page();
  const again = await ask(server.base, { path: '/metrics' });
  assert.ok(value(again.text, 'pinban_requests_total\\{class="2xx"\\}') >= before + 2);
  assert.ok(value(again.text, 'pinban_store_bytes') < value(again.text, 'pinban_store_limit_bytes'));
});
