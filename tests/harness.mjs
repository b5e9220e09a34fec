// A server of its own for each test file: an empty data folder, the demo, a free port.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const program = process.env.PINBAN ?? join(root, 'build/release/pinban');
export const password = 'pinban-demo';

/** Starts the server; resolves when it listens. `data` keeps a folder between two starts. */
export async function startServer({ demo = true, data, args = [] } = {}) {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'pinban-'));
  const child = spawn(program, ['serve', '--data', folder, '--port', '0', ...(demo ? ['--demo'] : []), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const base = await new Promise((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
      const found = out.match(/http:\/\/[\d.]+:\d+/);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
  return {
    base,
    folder,
    pid: child.pid,
    log: () => log,
    async stop({ signal = 'SIGTERM', keep = false } = {}) {
      const ended = new Promise((resolve) => { child.on('exit', (code, by) => resolve(by ?? code)); });
      child.kill(signal);
      const how = await ended;
      if (!keep && !data) rmSync(folder, { recursive: true, force: true });
      return how;
    },
  };
}

/** Signs in and gives the session's cookie. */
export async function signIn(base, name, secret = password) {
  const reply = await fetch(`${base}/sign-in`, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ name, password: secret }),
  });
  const cookie = reply.headers.get('set-cookie')?.split(';')[0];
  return { status: reply.status, cookie, reply };
}

/** GET with a cookie; never follows a redirect. */
export function get(base, path, cookie, headers = {}) {
  return fetch(base + path, { redirect: 'manual', headers: cookie ? { cookie, ...headers } : headers });
}
