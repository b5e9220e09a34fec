// One door to /api/v1. An answer that is no success is a Problem; no connection is one too.
import { address, type Query } from './address.ts';
import { takeAnswer } from './coming.ts';
import type { Mistake } from './types.ts';

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
    readonly errors: Mistake[] = [],
    readonly where = '',
    readonly passes = false, // says nothing about what was asked: the same may be asked again
  ) {
    super(detail);
  }
}

interface Asked {
  method?: string;
  body?: unknown;
  type?: string; // of a body that is text, or a file, already
  match?: number | string; // what was seen: a version, or a record's ETag
  fresh?: boolean; // there must be none yet
  key?: string; // done once, however often it is sent
  query?: Query;
}

/** Without the server's word, when it is worth asking again. */
const PASSING = [502, 503, 504];

const unreachable = (): Problem => new Problem('offline', 0, 'the server cannot be reached', [], '', true);

/** As the reader is told it, with the server's own sentence beside it. */
export const worded = ({ said, ...mistake }: Mistake & { said?: string }): Mistake => ({ ...mistake, detail: said ?? mistake.detail, exact: mistake.detail });

async function problemOf(reply: Response): Promise<Problem> {
  const told = await reply.json().catch(() => ({}));
  const passes = PASSING.includes(reply.status) || reply.headers.has('Retry-After');
  return new Problem(told.code ?? `http.${reply.status}`, reply.status, told.said ?? told.detail ?? reply.statusText, (told.errors ?? []).map(worded), told.where, passes);
}

export async function send(path: (string | number)[], asked: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  const init: RequestInit = { method: asked.method ?? 'GET', headers };
  if (asked.body !== undefined) {
    headers['Content-Type'] = asked.type ?? 'application/json';
    init.body = !asked.type ? JSON.stringify(asked.body) : asked.body instanceof Blob ? asked.body : String(asked.body);
  }
  if (asked.match !== undefined) headers['If-Match'] = `"${asked.match}"`;
  if (asked.fresh) headers['If-None-Match'] = '*';
  if (asked.key !== undefined) headers['Idempotency-Key'] = asked.key;
  let reply: Response;
  try {
    const wanted = address(path, asked.query);
    reply = await ((init.method === 'GET' && takeAnswer(wanted)) || fetch(wanted, init));
  } catch {
    throw unreachable();
  }
  if (!reply.ok) throw await problemOf(reply);
  return reply;
}

export async function ask<T>(path: (string | number)[], asked: Asked = {}): Promise<T> {
  const reply = await send(path, asked);
  try {
    return (await reply.json()) as T;
  } catch {
    throw unreachable(); // the connection broke within the answer
  }
}
