// Records over HTTP: looking, changing, taking in and giving out, by people and by systems with tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openApi } from '../api.mjs';
import { ask, get, signIn, startServer } from '../harness.mjs';

let server;
let api;
const cookies = {};
const unit = 'huaheng-jl';
const data = '/api/v1/data';

before(async () => {
  server = await startServer();
  for (const name of ['zhoumingyuan', 'chengweimin', 'sunlei', 'wangfang', 'madeshun']) cookies[name] = (await signIn(server.base, name)).cookie;
  api = await openApi(() => server);
});
after(() => server.stop());

const admin = (method, path, body, headers) => api(cookies.chengweimin, method, path, body, headers);
const task = (id, more = {}) => ({ id, title: `事项 ${id}`, assignee: 'wangfang', state: 'open', ...more });
const put = async (record, headers = { 'If-None-Match': '*' }) => {
  const reply = await admin('PUT', `${data}/task/${record.id}`, record, headers);
  assert.ok([200, 201].includes(reply.status), reply.text);
  return reply;
};
const take = (body, query = '', headers = {}, who = cookies.chengweimin) => api(who, 'POST', `${data}/task${query}`, body, headers);
const csv = (text, query = '', more = {}) => take(text, query, { 'Content-Type': 'text/csv', ...more });
const count = async (q) => {
  let [n, after] = [0, ''];
  do {
    const { body } = await admin('GET', `${data}/task?q=${encodeURIComponent(q)}&after=${after}`);
    n += body.items.length;
    after = body.next ?? '';
  } while (after);
  return n;
};

test('who may sees the collections of her unit with schema, title and indexes', async () => {
  const { body } = await admin('GET', data);
  assert.equal(body.tenant, unit);
  const names = body.items.map((one) => one.name);
  for (const name of ['task', 'metric', 'news']) assert.ok(names.includes(name), name);
  for (const name of ['grant', 'session', 'login', 'token', 'tenant', 'person', 'layer', 'receipt']) assert.ok(!names.includes(name), name);
  const tasks = body.items.find((one) => one.name === 'task');
  assert.deepEqual([tasks.title.zh, tasks.schema.properties.due.format, tasks.indexes[0].name], ['待办', 'date-time', 'assignee']);
});

test('records are the unit\'s own, and only for who may there', async () => {
  for (const who of ['sunlei', 'wangfang', 'madeshun']) {
    for (const [method, path] of [['GET', data], ['GET', `${data}/task`], ['GET', '/api/v1/tokens'], ['DELETE', '/api/v1/tokens/x']]) {
      const reply = await api(cookies[who], method, path);
      assert.deepEqual([reply.status, reply.body.code], [403, 'auth.right'], `${who} ${method} ${path}`);
    }
    assert.equal((await api(cookies[who], 'POST', `${data}/task`, [task('sneaky')])).status, 403);
  }
  assert.equal((await api(null, 'GET', `${data}/task`)).status, 401);
  for (const other of ['huaheng', 'huaheng-yl', 'huaheng-yl-chengling']) {
    assert.equal((await admin('GET', `${data}/task?tenant=${other}`)).status, 403, other);
    assert.equal((await admin('POST', `${data}/task?tenant=${other}`, [task('sneaky')])).status, 403, other);
    assert.equal((await admin('PUT', `${data}/task/sneaky?tenant=${other}`, task('sneaky'), { 'If-None-Match': '*' })).status, 403, other);
  }
  await put(task('own'));
  const below = `${data}/task/own?tenant=huaheng-jl-linzhou`;
  assert.equal((await admin('GET', below)).body.code, 'data.none', 'a grant reaches units below, whose records are others');
  assert.equal((await admin('GET', `${data}/task?tenant=nowhere`)).body.code, 'tenant.none');
  assert.equal((await admin('GET', `${data}/grant`)).body.code, 'data.collection');
  assert.equal((await admin('GET', `${data}/session/x`)).body.code, 'data.collection');
  assert.equal(await count('sneaky'), 0);
});

test('a record is changed by who saw it as it is', async () => {
  const made = await put(task('seen', { due: '2026-11-22T09:30:00+08:00' }));
  assert.equal(made.status, 201);
  assert.equal(made.body.due, '2026-11-22T01:30:00Z', 'moments are kept in UTC');
  const { etag, body } = await admin('GET', `${data}/task/seen`);
  assert.equal(etag, made.etag);
  const one = `${data}/task/seen`;
  assert.equal((await admin('PUT', one, body)).status, 428);
  assert.deepEqual([(await admin('PUT', one, body, { 'If-Match': '"0123456789abcdef"' })).status, (await put({ ...body, urgency: 'today' }, { 'If-Match': etag })).status], [412, 200]);
  assert.equal((await admin('PUT', one, body, { 'If-Match': etag })).body.code, 'data.changed');
  assert.equal((await admin('PUT', one, body, { 'If-None-Match': '*' })).body.code, 'data.changed');
  const now = (await admin('GET', one)).etag;
  const merged = await admin('PATCH', one, { urgency: null, department: '调度' }, { 'If-Match': now, 'Content-Type': 'application/merge-patch+json' });
  assert.deepEqual([merged.body.urgency, merged.body.department], [undefined, '调度']);
  const patched = await admin('PATCH', one, [{ op: 'test', path: '/department', value: '调度' }, { op: 'replace', path: '/state', value: 'done' }],
    { 'If-Match': merged.etag, 'Content-Type': 'application/json-patch+json' });
  assert.equal(patched.body.state, 'done');
  assert.equal((await admin('PATCH', one, {}, { 'If-Match': patched.etag })).status, 415);
  assert.equal((await admin('DELETE', one, undefined, { 'If-Match': now })).status, 412);
  assert.equal((await admin('DELETE', one, undefined, { 'If-Match': patched.etag })).status, 204);
  assert.equal((await admin('GET', one)).status, 404);
  assert.equal((await admin('DELETE', one, undefined, { 'If-Match': patched.etag })).status, 404);
});

test('of two who change the same record at once, one is told', async () => {
  const { etag } = await put(task('race'));
  const replies = await Promise.all(Array.from({ length: 8 }, (_, i) => admin('PUT', `${data}/task/race`, task('race', { department: `${i}` }), { 'If-Match': etag })));
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412, 412, 412, 412, 412, 412, 412]);
});

test('what does not fit is told with a pointer each, and nothing is written', async () => {
  const bad = await admin('PUT', `${data}/task/bad`, { title: 5, assignee: 'x', state: 'flying', due: 'soon', extra: 1 }, { 'If-None-Match': '*' });
  assert.deepEqual([bad.status, bad.body.code], [400, 'data.invalid']);
  assert.deepEqual(bad.body.errors.map(({ where }) => where).filter((where, i, all) => all.indexOf(where) === i).sort(), ['/due', '/extra', '/state', '/title']);
  assert.equal((await admin('GET', `${data}/task/bad`)).status, 404);
  const cases = [
    [['PUT', `${data}/task/a`, '{"id":', { 'If-None-Match': '*' }], 400, 'doc.syntax'],
    [['PUT', `${data}/task/a`, task('b'), { 'If-None-Match': '*' }], 400, 'data.id'],
    [['PUT', `${data}/task/a`, [], { 'If-None-Match': '*' }], 400, 'data.id'],
    [['PUT', `${data}/task/a%20b`, { ...task('x'), id: undefined }, { 'If-None-Match': '*' }], 400, 'store.id'],
    [['GET', `${data}/task?by=nothing`], 400, 'data.index'],
    [['GET', `${data}/task?equals=x`], 400, 'data.query'],
    [['GET', `${data}/task?by=assignee&equals=[1,2,3,4]`], 400, 'data.query'],
    [['GET', `${data}/task?after=zzzz`], 400, 'store.query'],
    [['GET', `${data}/task?limit=101`], 400, 'desk.query'],
    [['GET', `${data}/task?as=xlsx`], 400, 'desk.query'],
  ];
  for (const [call, status, code] of cases) {
    const reply = await admin(...call);
    assert.deepEqual([reply.status, reply.body.code], [status, code], JSON.stringify(call));
  }
});

test('lists are in the order of an index, in pages, and searched', async () => {
  await take(Array.from({ length: 25 }, (_, i) => task(`list-${String(i).padStart(2, '0')}`, { assignee: 'lister', due: `2027-01-${String(i + 1).padStart(2, '0')}T00:00:00Z`, department: i % 5 ? '' : '调度Centre' })));
  const all = [];
  let path = `${data}/task?by=assignee&equals=${encodeURIComponent('["lister","open"]')}&limit=10`;
  for (let after = ''; after !== undefined;) {
    const { body } = await admin('GET', `${path}&after=${after}`);
    all.push(...body.items.map((item) => item.record.id));
    after = body.next;
  }
  assert.deepEqual(all, Array.from({ length: 25 }, (_, i) => `list-${String(i).padStart(2, '0')}`));
  path = `${data}/task?by=assignee&equals=${encodeURIComponent('["lister","open"]')}`;
  const range = await admin('GET', `${path}&from=2027-01-03&to=2027/1/5%200:00&descending=1`);
  assert.deepEqual(range.body.items.map((item) => item.record.id), ['list-03', 'list-02'], 'bounds are read as the unit\'s time');
  assert.equal(await count('调度cent'), 5);
  const { body } = await admin('GET', `${data}/task?by=assignee&equals=lister&limit=3&q=centre`);
  assert.equal(body.items.length, 3);
  const rest = await admin('GET', `${data}/task?by=assignee&equals=lister&limit=3&q=centre&after=${body.next}`);
  assert.deepEqual([...body.items, ...rest.body.items].map((item) => item.record.id), [0, 5, 10, 15, 20].map((i) => `list-${String(i).padStart(2, '0')}`));
});

test('a search finds what is shown: the names of those whom records name, and the titles of values', async () => {
  const ids = async (query) => (await admin('GET', `${data}/task?tenant=huaheng-jl&limit=100&${query}`)).body.items.map(({ record }) => record.id).sort();
  const hers = await ids('by=assignee&equals=chengweimin');
  assert.ok(hers.length > 2);
  assert.deepEqual(await ids(`q=${encodeURIComponent('程为民')}`), hers);
  assert.deepEqual(await ids('q=cheng%20weimin'), hers);
  const toRead = (await admin('GET', `${data}/task?tenant=huaheng-jl&limit=100`)).body.items.filter(({ record }) => record.state === 'toread').map(({ record }) => record.id).sort();
  assert.ok(toRead.length > 0);
  assert.deepEqual(await ids(`q=${encodeURIComponent('待阅')}`), toRead);
  assert.deepEqual(await ids(`q=${encodeURIComponent('没有这个人')}`), []);
});

test('rows are taken in as JSON, as lines and as CSV; what is there is replaced or merged', async () => {
  const made = await take([task('in-1'), task('in-2')]);
  assert.deepEqual([made.status, made.body.rows, made.body.created, made.body.updated], [200, 2, 2, 0]);
  const again = await take(`${JSON.stringify(task('in-1'))}\n\n${JSON.stringify(task('in-2', { department: '财务' }))}\n`, '', { 'Content-Type': 'application/x-ndjson' });
  assert.deepEqual([again.body.rows, again.body.updated, again.body.unchanged], [2, 1, 1]);
  const table = await csv('\uFEFFid,事项,Assignee,state,due\r\nin-2,"改名, ""新""",wangfang,toread,2026/1/5 9:30\r\nin-3,第三,li,open,\r\n');
  assert.deepEqual([table.status, table.body.created, table.body.updated], [200, 1, 1], table.text);
  const { body } = await admin('GET', `${data}/task/in-2`);
  assert.deepEqual([body.title, body.due, body.department], ['改名, "新"', '2026-01-05T01:30:00Z', undefined], 'a row takes the place of the record');
  await csv('id,department\nin-3,营销\n', '?mode=merge');
  const third = (await admin('GET', `${data}/task/in-3`)).body;
  assert.deepEqual([third.title, third.department, 'due' in third], ['第三', '营销', false]);
  const one = await take({ title: '无编号', assignee: 'x', state: 'open' });
  assert.deepEqual([one.body.rows, one.body.created], [1, 1]);
});

test('a row finds its record by a key', async () => {
  const row = (department) => ({ title: '按键', assignee: 'keyed', state: 'open', due: '2027-01-01T00:00:00Z', department });
  const first = await take([row('1')], '?key=assignee,state');
  const second = await take([row('2')], '?key=assignee,state');
  assert.deepEqual([first.body.created, second.body.created, second.body.updated], [1, 0, 1]);
  assert.equal(await count('keyed'), 1);
  assert.equal((await take([row('3')], '?key=department')).body.code, 'data.key');
  assert.equal((await take([row('3')], '?key=assignee,department')).body.code, 'data.key');
  const lacks = await take([{ title: 'x', state: 'open' }], '?key=assignee,state');
  assert.deepEqual([lacks.body.code, lacks.body.errors[0].code, lacks.body.errors[0].row], ['data.rows', 'data.key', 1]);
});

test('a bad row refuses all, or is left out; each is told with its row and column', async () => {
  const text = 'id,title,assignee,state,due\nrow-1,a,x,open,2026-01-01\nrow-2,b,x,open,next week\nrow-3,c,x,flying,\nrow-4,d,x\nrow-5,e,x,open,\n';
  const refused = await csv(text);
  assert.deepEqual([refused.status, refused.body.code], [400, 'data.rows']);
  assert.deepEqual(refused.body.errors.map(({ row, column, code }) => [row, column, code]), [[3, 'due', 'data.value'], [5, undefined, 'data.value'], [4, 'state', 'data.invalid']]);
  assert.equal(await count('row-'), 0);
  const kept = await csv(text, '?errors=skip');
  assert.deepEqual([kept.status, kept.body.created, kept.body.skipped, kept.body.errors.length], [200, 2, 3, 3]);
  const lines = await take('{"id":"row-6","title":"a","assignee":"x","state":"open"}\n{oops\n[]\n', '?errors=skip', { 'Content-Type': 'application/x-ndjson' });
  assert.deepEqual([lines.body.created, lines.body.errors.map(({ row }) => row)], [1, [2, 3]]);
  const cases = [
    [['id,title,nothing\n'], 'data.column'], [['id,title,事项\n1,2,3\n'], 'data.column'], [[''], 'data.syntax'], [['id,title\n"a,b\n'], 'data.syntax'], [['id,title\n"a"b,c\n'], 'data.syntax'],
    [[Buffer.from([0x69, 0x64, 0x0a, 0xb4, 0xfd, 0x0a])], 'data.syntax'], [['id\nx\n', '?mode=both'], 'desk.query'], [['id\nx\n', '?errors=ignore'], 'desk.query'],
    [['id,title,assignee,state\na b,t,x,open\n'], 'store.id'],
  ];
  for (const [call, code] of cases) {
    const reply = await csv(...call);
    assert.deepEqual([reply.status, reply.body.code], [400, code], JSON.stringify(call));
  }
  assert.equal((await take('[{"id":1', '')).body.code, 'data.syntax');
  assert.equal((await take('x', '', { 'Content-Type': 'text/plain' })).status, 415);
});

test('a request that comes again does nothing again; another with its key is refused', async () => {
  const key = { 'Idempotency-Key': 'shift-report-17' };
  const rows = [{ title: '一次', assignee: 'once', state: 'open' }, { title: '一次', assignee: 'once', state: 'open' }];
  const replies = await Promise.all(Array.from({ length: 6 }, () => take(rows, '', key)));
  for (const reply of replies) assert.deepEqual(reply.body, replies[0].body);
  assert.equal(await count('once'), 2);
  const other = await take([...rows, task('other')], '', key);
  assert.deepEqual([other.status, other.body.code], [409, 'data.again']);
  assert.equal((await take(rows, '?errors=skip', key)).status, 409);
  assert.equal((await api(cookies.zhoumingyuan, 'POST', `${data}/task?tenant=${unit}`, [task('hers')], key)).status, 200, 'another person\'s key is another key');
});

test('a large body goes in chunks, and others are answered between them', async () => {
  const rows = Array.from({ length: 20000 }, (_, i) => task(`big-${i}`, { assignee: `big${i % 50}`, department: 'x'.repeat(200) }));
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  assert.ok(body.length > 5 << 20);
  let done = false;
  const big = take(body, '', { 'Content-Type': 'application/x-ndjson' }).then((reply) => { done = true; return reply; });
  const callers = 4; // the first of each may have come before it
  let between = 0;
  const call = async (caller) => {
    for (let i = 0; !done; i++) {
      await put(task(`between-${caller}-${i}`));
      between += !done;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  const reply = await big;
  assert.deepEqual([reply.status, reply.body.created], [200, 20000]);
  assert.ok(between > callers, `${between} answered meanwhile`);
  const bad = await take(`${body}\n{"id":"big-x"}`, '', { 'Content-Type': 'application/x-ndjson' });
  assert.equal(bad.body.code, 'data.rows');
  const over = await ask(server.base, { method: 'POST', path: `${data}/task`, headers: { cookie: cookies.chengweimin, 'Content-Type': 'text/csv', 'Content-Length': String((8 << 20) + 1) }, body: '' }).catch(() => ({ status: 413 }));
  assert.equal(over.status, 413);
  const small = await ask(server.base, { method: 'PUT', path: `${data}/task/x`, headers: { cookie: cookies.chengweimin, 'Content-Type': 'application/json', 'Content-Length': String((1 << 20) + 1) }, body: '' }).catch(() => ({ status: 413 }));
  assert.equal(small.status, 413);
});

test('what is given out can be taken in, and is harmless in a spreadsheet', async () => {
  const odd = ['=1+1', '+86', '-5', '@x', "'=quoted", 'a,b', 'say "hi"', 'two\nlines', ' blanks ', '中文', "it's"];
  await take(odd.map((title, i) => task(`odd-${i}`, { title, assignee: 'oddity' })));
  const list = `${data}/task?by=assignee&equals=oddity`;
  const out = await admin('GET', `${list}&as=csv&bom=1`);
  assert.equal(out.type, 'text/csv; charset=utf-8');
  const bytes = Buffer.from(await (await get(server.base, `${list}&as=csv&bom=1`, cookies.chengweimin)).arrayBuffer());
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  for (const cell of out.text.split(/[\r\n,]+/)) assert.doesNotMatch(cell, /^"?[=+@-]/);
  const before = (await admin('GET', list)).body.items;
  const back = await csv(bytes);
  assert.deepEqual([back.status, back.body.unchanged, back.body.updated], [200, odd.length, 0], back.text);
  assert.deepEqual((await admin('GET', list)).body.items, before);
  const json = await admin('GET', `${list}&as=json`);
  assert.deepEqual(json.body, before.map((item) => item.record));
  const lines = await admin('GET', `${list}&as=ndjson&limit=4`);
  assert.equal(lines.text.trim().split('\n').length, 4);
  const rest = await admin('GET', `${list}&as=csv&after=${lines.headers.get('x-next')}`);
  assert.ok(!rest.text.startsWith('id,'), 'the line of names stands on the first page only');
});

test('a system\'s token opens its collections of its unit, until it is revoked', async () => {
  const made = await admin('POST', '/api/v1/tokens', { name: '生产系统', collections: ['metric'], rights: ['write_data'] });
  assert.equal(made.status, 200);
  const { token, id } = made.body;
  assert.match(token, /^[\w-]{43}$/);
  const rows = [{ id: 'fed', name: '来自系统', value: 7 }];
  const fed = await api({ token }, 'POST', `${data}/metric`, rows);
  assert.deepEqual([fed.status, fed.body.created], [200, 1]);
  const { body } = await admin('GET', data);
  const { fresh } = body.items.find((one) => one.name === 'metric');
  assert.deepEqual([fresh.at, fresh.rows, fresh.by], [fed.body.at, 1, id]);
  for (const [method, path, sent] of [['POST', `${data}/task`, rows], ['GET', `${data}/metric`], ['POST', `${data}/metric?tenant=huaheng`, rows], ['POST', `${data}/metric?tenant=huaheng-jl-linzhou`, rows]]) {
    const reply = await api({ token }, method, path, sent);
    assert.deepEqual([reply.status, reply.body.code], [403, 'auth.right'], `${method} ${path}`);
  }
  assert.equal((await api({ token }, 'GET', '/api/v1/tokens')).body.code, 'desk.token');
  assert.equal((await api({ token }, 'GET', data)).status, 403);
  assert.equal((await api({ token: 'guess' }, 'POST', `${data}/metric`, rows)).status, 401);
  const list = await admin('GET', '/api/v1/tokens');
  assert.deepEqual(list.body.items.map((one) => [one.id, one.name, one.by]), [[id, '生产系统', 'chengweimin']]);
  assert.ok(!list.text.includes(token) && !server.log().includes(token), 'the secret is told once');
  assert.equal((await api(cookies.zhoumingyuan, 'DELETE', `/api/v1/tokens/${id}`)).status, 404, 'it is not of her unit');
  assert.equal((await admin('DELETE', `/api/v1/tokens/${id}`)).status, 204);
  assert.equal((await api({ token }, 'POST', `${data}/metric`, rows)).status, 401);
  assert.equal((await admin('POST', '/api/v1/tokens', { name: 'x', collections: [], rights: ['grant'] })).body.code, 'desk.body');
});

test('a token that asks too often is told to wait', async () => {
  const { body } = await admin('POST', '/api/v1/tokens', { name: 'eager', collections: ['metric'], rights: ['read_data'] });
  const replies = await Promise.all(Array.from({ length: 320 }, () => get(server.base, `${data}/metric?limit=1`, null, { authorization: `Bearer ${body.token}` })));
  const refused = replies.filter((reply) => reply.status === 429);
  assert.ok(refused.length > 0 && refused[0].headers.get('retry-after'));
  assert.equal((await admin('GET', data)).status, 200, 'nobody else waits');
});

test('a card says when its data came', async () => {
  const shown = async () => /<[^>]*id="b-kpi-loss"[\s\S]*?<\/div>/.exec(await (await get(server.base, '/w/home', cookies.wangfang)).text())[0];
  const { body } = await admin('GET', `${data}/metric/line-loss`);
  assert.ok(body.at, 'where the record has a moment of its own, that one counts');
  assert.doesNotMatch(await shown(), /数据更新于/);
  await admin('POST', `${data}/metric`, [{ ...body, at: undefined }]);
  assert.match(await shown(), /数据更新于\s+刚刚/);
});

test('a card shows what was put at once', async () => {
  const page = async () => (await get(server.base, '/w/home', cookies.wangfang)).text();
  assert.ok(!(await page()).includes('7,654,321'));
  const { body, etag } = await admin('GET', `${data}/metric/load`);
  const reply = await admin('PUT', `${data}/metric/load`, { ...body, value: 7654321 }, { 'If-Match': etag });
  assert.equal(reply.status, 200, reply.text);
  assert.ok((await page()).includes('7,654,321'));
});
