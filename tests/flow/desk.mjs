// The desk's API as people use it; each answer is compared with the schema that /api/v1/openapi.json gives for it.
import assert from 'node:assert/strict';
import { openApi } from '../api.mjs';
import { signIn } from '../harness.mjs';

/** Signs the people in; gives what they do at the desk. `server()` is the one that runs now. */
export async function openDesk(server, names) {
  const cookies = {};
  for (const name of names) cookies[name] = (await signIn(server().base, name)).cookie;
  const call = await openApi(server);
  const api = (who, ...rest) => call(who && cookies[who], ...rest);

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
  return { cookies, api, draft, command, publish, commanded, published };
}
