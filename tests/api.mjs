// Calls of /api/v1 whose answers are compared with the schemas that /api/v1/openapi.json gives for them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get, run, scratch } from './harness.mjs';

/** `server` is a function that gives the server of now, which a test may change. */
export async function openApi(server) {
  const dir = scratch();
  const document = await (await get(server().base, '/api/v1/openapi.json')).json();
  let serial = 0;

  function operation(method, path) {
    const segments = path.split('?')[0].split('/');
    for (const [pattern, item] of Object.entries(document.paths)) {
      const wanted = pattern.split('/');
      const fits = wanted.length === segments.length && wanted.every((part, i) => part.startsWith('{') || part === segments[i]);
      if (fits && item[method.toLowerCase()]) return item[method.toLowerCase()];
    }
    return assert.fail(`${method} ${path} stands not in openapi.json`);
  }

  async function assertFits(schema, body) {
    const [rules, data] = [join(dir, `${serial}.schema.json`), join(dir, `${serial}.json`)];
    serial++;
    writeFileSync(rules, JSON.stringify({ ...schema, components: document.components }));
    writeFileSync(data, JSON.stringify(body));
    const done = await run(['schema', 'check', rules, data]);
    assert.equal(done.code, 0, `${done.out}${done.err}\n${JSON.stringify(body).slice(0, 500)}`);
  }

  /** One call; `auth` is a cookie, or a token as { token }. */
  return async function call(auth, method, path, body, headers = {}) {
    const own = auth?.token ? { authorization: `Bearer ${auth.token}` } : auth ? { cookie: auth } : {};
    const plain = typeof body === 'string' || body === undefined || Buffer.isBuffer(body);
    const reply = await fetch(server().base + path, {
      method,
      headers: { ...own, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: plain ? body : JSON.stringify(body),
    });
    const text = await reply.text();
    const type = reply.headers.get('content-type');
    const result = { status: reply.status, text, type, etag: reply.headers.get('etag'), headers: reply.headers };
    if (!reply.ok) {
      assert.equal(type, 'application/problem+json', text);
      result.body = JSON.parse(text);
      await assertFits({ $ref: '#/components/schemas/Problem' }, result.body);
      assert.equal(result.body.status, reply.status);
      return result;
    }
    const known = operation(method, path).responses[reply.status];
    if (type === 'application/json') {
      result.body = JSON.parse(text);
      const { schema } = known.content['application/json'];
      if (!path.includes('as=')) await assertFits(schema, result.body);
    } else {
      assert.ok(known, `${method} ${path} gave ${reply.status}`);
    }
    return result;
  };
}
