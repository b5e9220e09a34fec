// Lighthouse on a person's home page: what does not depend on how busy the machine is. The score for speed is measured
// by script/bench lighthouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signIn, startServer } from '../harness.mjs';
import { openAuditor } from './auditor.mjs';

const MOST_BYTES = 120_000; // of a page with all it loads
let server;
let auditor;
before(async () => {
  server = await startServer();
  auditor = await openAuditor();
});
after(async () => {
  await auditor.close();
  await server.stop();
});

for (const [name, path] of [['wangfang', '/w/home'], [null, '/']]) {
  test(`${name ?? 'nobody'} at ${path}: 100 for access and practices, light and without shifts`, async () => {
    const cookie = name && (await signIn(server.base, name)).cookie;
    const { scores, bytes, shift } = await auditor.audit(server.base + path, cookie);
    assert.equal(scores.accessibility, 100);
    assert.equal(scores['best-practices'], 100);
    assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
    assert.ok(shift < 0.01, `things moved: ${shift}`);
  });
}
