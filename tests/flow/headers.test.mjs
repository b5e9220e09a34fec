import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, password, post, raw, signIn, startServer } from '../harness.mjs';

let server;
let replies;
before(async () => {
  server = await startServer();
  const { cookie } = await signIn(server.base, 'wangfang');
  const page = (path, headers = {}, method = 'GET') => ask(server.base, { method, path, headers: { cookie, ...headers } });
  const home = await page('/w/home');
  const sheet = home.text.match(/\/t\/[^"]+\.css/)[0];
  const big = Buffer.alloc(3 << 20, 'a');
  replies = {
    door: await ask(server.base, {}),
    wrong: await post(server.base, '/sign-in', { name: 'nobody', password: 'x' }),
    'signed in': await post(server.base, '/sign-in', { name: 'hanyumei', password }),
    missing: await post(server.base, '/sign-in', ''),
    home,
    'home again': await page('/w/home', { 'If-None-Match': home.headers.etag }),
    'home packed': await page('/w/home', { 'Accept-Encoding': 'gzip' }),
    'no page': await page('/w/nowhere'),
    'no cookie': await ask(server.base, { path: '/w/home' }),
    'bad query': await page(`/w/home?q=${'x'.repeat(500)}`),
    'bad setting': await post(server.base, '/me', { scheme: 'pink' }, { cookie }),
    setting: await post(server.base, '/me', { scheme: 'auto' }, { cookie }),
    foreign: await post(server.base, '/me', {}, { cookie, 'Sec-Fetch-Site': 'cross-site' }),
    'wrong type': await ask(server.base, { method: 'POST', path: '/me', body: '{}', headers: { cookie, 'Content-Type': 'application/json' } }),
    'wrong method': await page('/', {}, 'DELETE'),
    'unknown method': await page('/', {}, 'OPTIONS'),
    'too large': await ask(server.base, { method: 'POST', path: '/me', body: big, headers: { cookie, 'Transfer-Encoding': 'chunked' } }),
    'not UTF-8': await page('/w/%ff'),
    sheet: await page(sheet),
    'sheet again': await page(sheet, { 'If-None-Match': (await page(sheet)).headers.etag }),
    'old sheet': await page('/t/huaheng/0.css'),
    'no sheet': await page('/t/nowhere/0.css'),
    icons: await page(home.text.match(/\/i\/[^"#]+svg/)[0]),
    aside: await page(home.text.match(/data-aside="([^"]+)"/)[1]),
    icon: await page('/icon.svg'),
    health: await page('/healthz'),
    metrics: await page('/metrics'),
    'signed out': await post(server.base, '/sign-out', '', { cookie }),
  };
});
after(() => server.stop());

test('every reply says once how long it may be kept', () => {
  for (const [name, reply] of Object.entries(replies)) assert.equal(reply.all('cache-control').length, 1, `${name}: ${reply.all('cache-control')}`);
});

test('only what is the same for everybody may be kept by everybody', () => {
  const shared = ['sheet', 'sheet again', 'icons', 'aside'];
  for (const [name, reply] of Object.entries(replies)) {
    const [value] = reply.all('cache-control');
    if (shared.includes(name)) assert.match(value, /^public, max-age=\d+/, name);
    else assert.match(value, /^(no-store|no-cache|private, no-cache)$/, `${name}: ${value}`);
  }
  assert.equal(replies.home.headers['cache-control'], 'private, no-cache', 'a page may come back with the back button');
  assert.equal(replies.door.headers['cache-control'], 'no-store');
});

test('every reply carries the whole set of protections, each once', () => {
  const wanted = {
    'x-content-type-options': /^nosniff$/,
    'referrer-policy': /^same-origin$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'permissions-policy': /geolocation=\(\)/,
    'content-security-policy': /default-src 'none'.*require-trusted-types-for 'script'/,
  };
  for (const [name, reply] of Object.entries(replies)) {
    for (const [field, value] of Object.entries(wanted)) {
      assert.equal(reply.all(field).length, 1, `${name}: ${field}`);
      assert.match(reply.headers[field], value, name);
    }
  }
});

test('the policy allows nothing inline and nothing from elsewhere', () => {
  const policy = replies.home.headers['content-security-policy'];
  assert.doesNotMatch(policy, /unsafe|\*|https?:|data:/);
  for (const directive of ["base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"]) assert.ok(policy.includes(directive), directive);
});

test('no page has a style or script in it, nor anything from elsewhere', () => {
  const pages = Object.entries(replies).filter(([, reply]) => /^text\/html/.test(reply.headers['content-type'] ?? '') && !reply.headers['content-encoding']);
  assert.ok(pages.length >= 8);
  for (const [name, { text }] of pages) {
    if (!text || name === 'aside') continue; // it is a piece of a page
    assert.doesNotMatch(text, /<style|<script(?![^>]* src="\/)|\sstyle=|\son\w+="|javascript:/i, name);
    assert.doesNotMatch(text, /(src|href|action)="(https?:)?\/\//i, name);
    assert.match(text, /^<!doctype html><html lang="(zh-CN|en)"/, name);
  }
});

test('errors of people are pages; a page knows its length', () => {
  for (const name of ['no page', 'bad query', 'bad setting', 'foreign', 'wrong', 'missing']) {
    assert.match(replies[name].headers['content-type'], /^text\/html; charset=utf-8$/, name);
    assert.equal(Number(replies[name].headers['content-length']), replies[name].bytes.length, name);
  }
});

test('no reply says which software runs', async () => {
  for (const [name, reply] of Object.entries(replies)) assert.equal(reply.headers.server, undefined, name);
  assert.doesNotMatch(await raw(server.base, 'GET / HTTP/1.1\r\n\r\n', { wait: 300 }), /microhttpd/i);
});
