import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { get, post, program, run, scratch, signIn, startServer } from '../harness.mjs';

test('a second process on a data folder is refused; the first does not notice', async () => {
  const server = await startServer();
  const { cookie } = await signIn(server.base, 'wangfang');
  for (const args of [['serve', '--data', server.folder, '--port', '0'], ['tenant', 'import', '.', '--data', server.folder], ['person', 'session', '--data', server.folder]]) {
    const second = await run(args);
    assert.equal(second.code, 4, second.err);
    assert.equal(second.errors[0].code, 'store.in_use');
    assert.ok(second.errors[0].text.includes(server.folder));
  }
  assert.equal((await get(server.base, '/w/home', cookie)).status, 200);
  assert.equal((await post(server.base, '/me', { scheme: 'dark' }, { cookie })).status, 303);
  await server.stop();
});

test('a taken port and a wrong address are said, with an exit code', async () => {
  const server = await startServer();
  const taken = await run(['serve', '--data', scratch(), '--port', new URL(server.base).port]);
  assert.deepEqual([taken.code, taken.errors[0].code], [4, 'http.listen']);
  const wrong = await run(['serve', '--data', scratch(), '--port', '0', '--address', 'nowhere']);
  assert.deepEqual([wrong.code, wrong.errors[0].code], [3, 'http.listen']);
  await server.stop();
});

test('an end by signal is an end in order', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await startServer({ demo: false, data: scratch() });
    assert.equal(await server.stop({ signal }), 0);
  }
});

test('killed in the middle of writes, every write that was answered is there', async () => {
  const data = scratch();
  let server = await startServer({ data });
  const people = ['wangfang', 'hanyumei', 'madeshun', 'xuyizhou'];
  const cookies = await Promise.all(people.map(async (name) => (await signIn(server.base, name)).cookie));
  const answered = {};
  let killed = false;
  const busy = cookies.map(async (cookie) => {
    for (let i = 0; !killed; i++) {
      const scheme = i % 2 ? 'dark' : 'light';
      const reply = await post(server.base, '/me', { scheme }, { cookie }).catch(() => null);
      if (reply?.status === 303) answered[cookie] = { scheme, next: i % 2 ? 'light' : 'dark' };
    }
  });
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  const how = server.stop({ signal: 'SIGKILL' });
  killed = true;
  assert.equal(await how, 'SIGKILL');
  await Promise.all(busy);
  server = await startServer({ data });
  for (const cookie of cookies) {
    const reply = await get(server.base, '/w/home', cookie);
    assert.equal(reply.status, 200, 'the session is kept');
    const [, scheme] = (await reply.text()).match(/data-scheme="(\w+)"/);
    assert.ok([answered[cookie].scheme, answered[cookie].next].includes(scheme));
  }
  await server.stop();
});

test('a copy made while people write has all that was answered before', async () => {
  const server = await startServer();
  const { cookie } = await signIn(server.base, 'wangfang');
  let writing = true;
  const busy = (async () => {
    const other = (await signIn(server.base, 'hanyumei')).cookie;
    for (let i = 0; writing; i++) await post(server.base, '/me', { scheme: i % 2 ? 'dark' : 'light' }, { cookie: other });
  })();
  for (const scheme of ['light', 'dark']) {
    assert.equal((await post(server.base, '/me', { scheme }, { cookie })).status, 303);
    const folder = scratch();
    const done = await run(['backup', folder, '--data', server.folder]);
    assert.deepEqual([done.code, done.err], [0, '']);
    assert.equal(statSync(join(folder, 'data.mdb')).mode & 0o777, 0o600);
    const restored = await startServer({ demo: false, data: folder });
    const page = await (await get(restored.base, '/w/home', cookie)).text();
    assert.match(page, new RegExp(`data-scheme="${scheme}"`));
    await restored.stop();
  }
  writing = false;
  await busy;
  await server.stop();
});

test('a copy of a store that nobody serves, and copies that cannot be made', async () => {
  const data = scratch();
  const server = await startServer({ data });
  const folder = scratch();
  const silent = connect(join(data, 'backup')); // says nothing, and keeps nobody waiting for long
  await once(silent, 'connect');
  assert.equal((await run(['backup', folder, '--data', data])).code, 0);
  const again = await run(['backup', folder, '--data', data]);
  assert.deepEqual([again.code, again.errors[0].code], [4, 'store.copy'], 'nothing is written over');
  assert.match(server.log(), /store\.copy/);
  silent.destroy();
  await server.stop();
  assert.ok(!existsSync(join(data, 'backup')));
  const quiet = scratch();
  assert.equal((await run(['backup', quiet, '--data', data])).code, 0);
  const full = await run(['backup', quiet, '--data', data]);
  assert.deepEqual([full.code, full.errors[0].code], [4, 'store.copy']);
  for (const args of [[join(quiet, 'nowhere'), '--data', data], [quiet, '--data', join(data, 'nowhere')]]) {
    const lost = await run(['backup', ...args]);
    assert.deepEqual([lost.code, lost.errors[0].code], [2, 'backup.folder']);
  }
});

test('killed while the demo is brought in, the next start brings in all of it', async () => {
  const data = scratch();
  const child = spawn(program, ['serve', '--data', data, '--demo', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  await once(child.stderr, 'data'); // it says that it begins
  await new Promise((resolve) => { setTimeout(resolve, 150); });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const server = await startServer({ data });
  assert.equal((await signIn(server.base, 'hanyumei')).status, 303);
  await server.stop();
});

test('a store without room refuses the write with 503 and keeps reading', async () => {
  const data = scratch();
  const first = await startServer({ data });
  await first.stop();
  const mib = String(Math.ceil(statSync(join(data, 'data.mdb')).size / (1 << 20)));
  const before = (await run(['person', 'session', '--data', data], { input: 'huaheng-jl wangfang\n' })).out.trim();
  const filling = await run(['person', 'session', '--data', data, '--fast', '--store-mib', mib], { input: 'huaheng-jl wangfang\n'.repeat(40000) });
  assert.deepEqual([filling.code, filling.errors[0].code], [4, 'store.full']);
  const kept = filling.out.trim().split('\n').at(-1);
  const server = await startServer({ data, args: ['--store-mib', mib] });
  let refused;
  for (let i = 0; i < 40 && !refused; i++) {
    const one = await signIn(server.base, 'hanyumei');
    if (one.status !== 303) refused = one;
  }
  assert.equal(refused.status, 503);
  assert.match(await refused.reply.text(), /store\.full/);
  for (const token of [before, kept]) assert.equal((await get(server.base, '/w/home', `sid=${token}`)).status, 200);
  assert.equal((await get(server.base, '/healthz')).status, 200);
  await server.stop();
  const roomy = await startServer({ data });
  assert.equal((await get(roomy.base, '/w/home', `sid=${kept}`)).status, 200);
  assert.equal((await signIn(roomy.base, 'hanyumei')).status, 303);
  await roomy.stop();
});

test('a damaged store is said at the start and not touched', async () => {
  const good = scratch();
  const server = await startServer({ data: good });
  await server.stop();
  const size = statSync(join(good, 'data.mdb')).size;
  const damages = {
    'cut short': (file) => truncateSync(file, size >> 1),
    'one page left': (file) => truncateSync(file, 4096),
    'another file': (file) => writeFileSync(file, 'this is no store\n'.repeat(2000)),
    'its head overwritten': (file) => { const bytes = readFileSync(file); bytes.fill(0xa5, 0, 8192); writeFileSync(file, bytes); },
  };
  for (const [name, damage] of Object.entries(damages)) {
    const data = scratch();
    cpSync(good, data, { recursive: true });
    damage(join(data, 'data.mdb'));
    copyFileSync(join(data, 'data.mdb'), join(data, 'before'));
    const done = await run(['serve', '--data', data, '--port', '0']);
    assert.equal(done.code, 4, `${name}: ${done.signal} ${done.err}`);
    assert.match(done.errors[0].code, /^store\.(corrupt|version)$/, name);
    assert.deepEqual(readFileSync(join(data, 'data.mdb')), readFileSync(join(data, 'before')), name);
  }
});

test('a folder that cannot be one is said', async () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  for (const data of [file, join(file, 'below'), '/proc/nowhere']) {
    const done = await run(['serve', '--data', data, '--port', '0']);
    assert.equal(done.code, 4, done.err);
    assert.equal(done.errors[0].code, 'store.dir');
  }
});
