// Calls of /api/v1 as a person; each answer is compared with the schema that openapi.json gives for it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get, run, scratch } from './harness.mjs';

const dir = scratch();
let serial = 0;
let openapi;

/** Reads the document; to be called once a server runs. */
export async function readOpenapi(base) {
  openapi = await (await get(base, '/api/v1/openapi.json')).json();
  for (const name of Object.keys(openapi.components.schemas)) {
    writeFileSync(join(dir, `${name}.json`), JSON.stringify({ $ref: `#/components/schemas/${name}`, components: openapi.components }));
  }
  return openapi;
}

function operation(method, path) {
  const segments = path.split('?')[0].split('/');
  for (const [pattern, item] of Object.entries(openapi?.paths ?? {})) {
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

/** One call with that cookie, or without; the answer fits its schema. */
export async function call(base, cookie, method, path, body, headers = {}) {
  const reply = await fetch(base + path, {
    method,
    headers: { ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
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
