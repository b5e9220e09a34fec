// What the studio needs first, while the rest of its code is still on the way: a script of its own, so that it waits for nothing.
// The page names most of what is asked; the draft is drawn as soon as it is told.
import { address } from './address.ts';
import { openEarly } from './coming.ts';
import { trusted } from './html.ts';
import { placeOf, remembered, type Place } from './place.ts';
import type { Grant, List, Preview } from './types.ts';

const headers = { Accept: 'application/json' };
const early = openEarly();
const texts = new Map<string, Promise<string>>();
const sheets: Promise<unknown>[] = []; // of the canvas

/** Read to its end: who takes it waits for nothing. */
async function answer(wanted: string): Promise<{ reply: Response; text: string }> {
  const { body, status, statusText, headers: told } = await fetch(wanted, { headers });
  const text = await new Response(body).text();
  return { reply: new Response(text, { status, statusText, headers: told }), text };
}

function start(wanted: string): Promise<string> {
  const known = texts.get(wanted);
  if (known) return known;
  const made = answer(wanted);
  const text = made.then((one) => one.text);
  early?.answers.set(wanted, made.then(({ reply }) => reply));
  text.catch(() => early?.answers.delete(wanted)); // who asks then is told why
  texts.set(wanted, text);
  return text;
}

/** What the browser keeps from then on. */
async function fetchKept(wanted: string): Promise<void> {
  await (await fetch(wanted)).text();
}

/** Where the frame can be moved to its place as it is. Drawn before its sheets are there, it would be laid out twice. */
async function draw(html: string): Promise<void> {
  if (!early || !Element.prototype.moveBefore) return;
  await Promise.allSettled(sheets);
  if (early.canvas === null) return;
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin allow-scripts');
  frame.className = 'early';
  frame.srcdoc = trusted(html);
  document.body.append(frame);
  early.canvas = { frame, html };
}

async function ask({ tenant, layer }: Place): Promise<void> {
  const draft = ['tenants', tenant, 'layers', layer, 'draft'];
  const others = [start(address(draft)), start(address(['tenants', tenant, 'components']))];
  if (!layer.startsWith('theme')) {
    const { html } = JSON.parse(await start(address([...draft, 'preview'], { scheme: 'light', size: 'normal' }))) as Partial<Preview>;
    if (html !== undefined) await draw(html); // else it is a problem, which is told when it is asked for
  }
  await Promise.all(others);
}

async function begin(): Promise<void> {
  for (const link of document.querySelectorAll('link[rel=preload][as=fetch]')) {
    const one = link.getAttribute('href') ?? '';
    const coming = one.startsWith('/api/') ? start(one) : fetchKept(one);
    if (one.endsWith('.css')) sheets.push(coming);
    coming.catch(() => undefined);
  }
  const { items } = JSON.parse(await start(address(['tenants']))) as List<Grant>;
  const place = placeOf(remembered(), items);
  const reads = items.some((grant) => grant.rights.includes('read_layer'));
  if (place && reads && place.collection === undefined) await ask(place);
}

if (early) begin().catch(() => undefined); // what fails is asked for again, and told then
