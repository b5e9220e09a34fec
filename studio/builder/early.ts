// What the studio asks first, asked while the rest of its code is still on the way: a script of its own, so that it waits for
// nothing. What the page will wear is fetched as soon as the answer names it.
import { address } from './address.ts';
import { openEarly } from './coming.ts';
import { placeOf, remembered } from './place.ts';
import type { Grant, List } from './types.ts';

const headers = { Accept: 'application/json' };
const coming = openEarly();

/** The answer to what is asked now, read to its end: who takes it waits for nothing. */
async function answer(wanted: string): Promise<{ reply: Response; text: string }> {
  const { body, status, statusText, headers: told } = await fetch(wanted, { headers });
  const text = await new Response(body).text();
  return { reply: new Response(text, { status, statusText, headers: told }), text };
}

function start(path: string[], query?: Record<string, string>): Promise<string> {
  const wanted = address(path, query);
  const made = answer(wanted);
  coming?.set(wanted, made.then(({ reply }) => reply));
  made.catch(() => coming?.delete(wanted)); // who asks then is told why
  return made.then(({ text }) => text);
}

/** As HTML stands in the answer's JSON: its angle brackets and quotes are escaped. */
const SHEET = /link rel=\\"stylesheet\\" href=\\"([^"\\]+)/g;

async function fetchSheets(preview: string): Promise<void> {
  const sheets = [...preview.matchAll(SHEET)].map(([, href = '']) => fetch(href));
  await Promise.all(sheets.map(async (sheet) => (await sheet).text())); // or it is not kept
}

async function startPlace(tenant: string, layer: string): Promise<void> {
  const draft = ['tenants', tenant, 'layers', layer, 'draft'];
  const others = [start(['tenants', tenant, 'components']), start(draft)];
  if (!layer.startsWith('theme')) await fetchSheets(await start([...draft, 'preview'], { scheme: 'light', size: 'normal' }));
  await Promise.all(others);
}

async function begin(): Promise<void> {
  const { items } = JSON.parse(await start(['tenants'])) as List<Grant>;
  const place = placeOf(remembered(), items);
  const reads = items.some((grant) => grant.rights.includes('read_layer'));
  if (place && reads && place.collection === undefined) await startPlace(place.tenant, place.layer);
}

if (coming) begin().catch(() => undefined); // what fails is asked for again, and told then
