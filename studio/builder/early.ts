// What the studio asks first, asked while the rest of its code is still on the way. Whoever asks for the same address then
// has the answer that is coming, once.
import { address } from './address.ts';
import { placeOf, remembered } from './place.ts';
import type { Grant, List } from './types.ts';

const headers = { Accept: 'application/json' };
const coming = new Map<string, Promise<Response>>();

/** Later than this an answer that nobody took is too old. */
const FRESH_MS = 10_000;

export function takeEarly(wanted: string): Promise<Response> | undefined {
  const reply = coming.get(wanted);
  coming.delete(wanted);
  return performance.now() < FRESH_MS ? reply : undefined;
}

function keep(wanted: string, reply: Promise<Response>): void {
  reply.catch(() => coming.delete(wanted)); // who asks then is told why
  coming.set(wanted, reply);
}

function start(path: string[], query?: Record<string, string>): void {
  const wanted = address(path, query);
  keep(wanted, fetch(wanted, { headers }));
}

function startPlace(tenant: string, layer: string): void {
  const draft = ['tenants', tenant, 'layers', layer, 'draft'];
  start(['tenants', tenant, 'components']);
  start(draft);
  if (!layer.startsWith('theme')) start([...draft, 'preview'], { scheme: 'light', size: 'normal' });
}

/** The units, once what is asked of the first place is on its way. */
async function begin(): Promise<Response> {
  const reply = await fetch(address(['tenants']), { headers });
  if (!reply.ok) return reply;
  const { items } = (await reply.clone().json()) as List<Grant>;
  const place = placeOf(remembered(), items);
  const reads = items.some((grant) => grant.rights.includes('read_layer'));
  if (place && reads && place.collection === undefined) startPlace(place.tenant, place.layer);
  return reply;
}

keep(address(['tenants']), begin());
