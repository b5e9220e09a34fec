// A server of its own for each test file: an empty data folder, the demo, a free port.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const program = process.env.PINBAN ?? join(root, 'build/release/pinban');
export const password = 'pinban-demo';

/** An empty folder that goes away when the process ends. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'pinban-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with these files: { 'people/acme.json': [ … ] }; texts as they are, all else as JSON. */
export function folderOf(files) {
  const folder = scratch();
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return folder;
}

/** Runs a command of the program to its end. */
export async function run(args, { input = '', env = {} } = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => { out += text; });
  child.stderr.on('data', (text) => { err += text; });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  const [code, signal] = await new Promise((resolve) => { child.on('close', (...how) => resolve(how)); });
  return { code, signal, out, err, errors: err.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)) };
}

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

const childrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** Nanoseconds that all threads of a process and of its children have run. */
export function cpuTime(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const own = tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
  return childrenOf(pid).reduce((sum, child) => sum + cpuTime(child), own);
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

/** One request as it is: nothing is decoded, followed or added but Host. */
export function ask(base, { method = 'GET', path = '/', headers = {}, body } = {}) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (reply) => {
      const chunks = [];
      reply.on('data', (chunk) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const all = (name) => reply.rawHeaders.filter((_, i) => i % 2 && reply.rawHeaders[i - 1].toLowerCase() === name);
        resolve({ status: reply.statusCode, headers: reply.headers, all, bytes, text: bytes.toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** POST of a form. */
export function post(base, path, fields, headers = {}) {
  return ask(base, {
    method: 'POST', path, body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });
}

/** Bytes on a connection and whatever comes back until the server closes it. */
export function raw(base, bytes, { wait = 2000 } = {}) {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let reply = '';
    const socket = connect(port, hostname, () => socket.write(bytes));
    socket.setTimeout(wait, () => socket.destroy());
    socket.on('data', (text) => { reply += text; });
    socket.on('error', (error) => (error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve(reply) : reject(error)));
    socket.on('close', () => resolve(reply));
  });
}
