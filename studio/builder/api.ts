// One door to /api/v1. An answer that is no success is a Problem; no connection is one too.
import { address, type Query } from './address.ts';
import { takeEarly } from './early.ts';
import type { Mistake } from './types.ts';

export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
    readonly errors: Mistake[] = [],
    readonly where = '',
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

async function problemOf(reply: Response): Promise<Problem> {
  const told = await reply.json().catch(() => ({}));
  return new Problem(told.code ?? `http.${reply.status}`, reply.status, told.detail ?? reply.statusText, told.errors ?? [], told.where);
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
    reply = await ((init.method === 'GET' && takeEarly(wanted)) || fetch(wanted, init));
  } catch {
    throw new Problem('offline', 0, 'the server cannot be reached');
  }
  if (!reply.ok) throw await problemOf(reply);
  return reply;
}

export async function ask<T>(path: (string | number)[], asked: Asked = {}): Promise<T> {
  return (await (await send(path, asked)).json()) as T;
}
