// What the studio asks first, asked while the rest of its code is still on the way: a script of its own, so that it waits for
// nothing. What the page will wear is fetched as soon as the answer names it.
import { address } from './address.ts';
import { openEarly } from './coming.ts';
import { placeOf, remembered } from './place.ts';
import type { Grant, List } from './types.ts';

const headers = { Accept: 'application/json' };
const coming = openEarly();

function keep(wanted: string, reply: Promise<Response>): Promise<Response> {
  reply.catch(() => coming?.delete(wanted)); // who asks then is told why
  coming?.set(wanted, reply);
  return reply;
}

function start(path: string[], query?: Record<string, string>): Promise<Response> {
  const wanted = address(path, query);
  return keep(wanted, fetch(wanted, { headers }));
}

/** As HTML stands in the answer's JSON: its angle brackets and quotes are escaped. */
const SHEET = /link rel=\\"stylesheet\\" href=\\"([^"\\]+)/g;

async function fetchSheets(reply: Promise<Response>): Promise<void> {
  const text = await (await reply).clone().text();
  const sheets = [...text.matchAll(SHEET)].map(([, href = '']) => fetch(href));
  await Promise.all(sheets.map(async (sheet) => (await sheet).text())); // read to its end, or it is not kept
}

function startPlace(tenant: string, layer: string): void {
  const draft = ['tenants', tenant, 'layers', layer, 'draft'];
  if (!layer.startsWith('theme')) fetchSheets(start([...draft, 'preview'], { scheme: 'light', size: 'normal' })).catch(() => undefined);
  void start(['tenants', tenant, 'components']);
  void start(draft);
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

if (coming) void keep(address(['tenants']), begin());
