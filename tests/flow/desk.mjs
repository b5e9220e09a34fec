// The desk's API as people use it; each answer is compared with the schema that /api/v1/openapi.json gives for it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get, run, scratch, signIn } from '../harness.mjs';

/** Signs the people in; gives what they do at the desk. */
export async function openDesk(server, names) {
  const cookies = {};
  for (const name of names) cookies[name] = (await signIn(server.base, name)).cookie;
  const openapi = await (await get(server.base, '/api/v1/openapi.json')).json();
  const dir = scratch();
  let serial = 0;
  for (const name of Object.keys(openapi.components.schemas)) {
    writeFileSync(join(dir, `${name}.json`), JSON.stringify({ $ref: `#/components/schemas/${name}`, components: openapi.components }));
  }

  function operation(method, path) {
    const segments = path.split('?')[0].split('/');
    for (const [pattern, item] of Object.entries(openapi.paths)) {
      const wanted = pattern.split('/');
      const fits = wanted.length === segments.length && wanted.every((part, i) => part.startsWith('{') || part === segments[i]);
      if (fits && item[method.toLowerCase()]) return item[method.toLowerCase()];
    }
    return null;
  }

  async function assertFits(name, body) {
    const [schema, data] = [join(dir, `${name}.json`), join(dir, `${name}-${serial++}.json`)];
    writeFileSync(data, JSON.stringify(body));
    const done = await run(['schema', 'check', schema, data]);
    assert.equal(done.code, 0, `${name}: ${done.out}${done.err}\n${JSON.stringify(body).slice(0, 500)}`);
  }

  /** One call as a person; the answer fits its schema. */
  async function api(who, method, path, body, headers = {}) {
    const reply = await fetch(server.base + path, {
      method,
      headers: { ...(who ? { cookie: cookies[who] } : {}), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await reply.text();
    const json = JSON.parse(text);
    const type = reply.headers.get('content-type');
    if (reply.ok) {
      assert.equal(type, 'application/json');
      const ref = operation(method, path).responses[200].content['application/json'].schema.$ref;
      if (ref) await assertFits(ref.split('/').pop(), json);
    } else {
      assert.equal(type, 'application/problem+json', text);
      await assertFits('Problem', json);
      assert.equal(json.status, reply.status);
    }
    return { status: reply.status, body: json, etag: reply.headers.get('etag'), headers: reply.headers };
  }

  const draft = async (who, layer) => (await api(who, 'GET', `${layer}/draft`)).body;
  async function command(who, layer, verbs, base) {
    const from = base ?? (await draft(who, layer)).version;
    return api(who, 'POST', `${layer}/draft/commands`, { base: from, verbs });
  }
  async function publish(who, layer, more = {}) {
    const { etag } = await api(who, 'GET', `${layer}/draft`);
    return api(who, 'POST', `${layer}/draft/publish`, { reason: 'test', ...more }, { 'If-Match': etag });
  }
  async function commanded(...args) {
    const { status, body } = await command(...args);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  async function published(...args) {
    const { status, body } = await publish(...args);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }
  return { cookies, openapi, operation, assertFits, api, draft, command, publish, commanded, published };
}
