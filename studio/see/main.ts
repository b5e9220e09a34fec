// A draft on a phone: shown as the server renders it, again whenever it changes. Nothing can be done here.
import { Idiomorph } from 'idiomorph';
import { parsed } from '../builder/html.ts';
import { wear } from '../workbench/sheet.ts';
import { follow, Refused } from '../workbench/stream.ts';

const WAITS_MS = [500, 1000, 2000, 4000, 8000];

const bar = document.querySelector<HTMLElement>('.see-bar') as HTMLElement;
const shown = document.querySelector<HTMLElement>('.see') as HTMLElement;
const state = (name: 'now' | 'away' | 'over'): void => {
  for (const part of bar.children) (part as HTMLElement).hidden = !part.classList.contains(`see-${name}`);
  bar.dataset['state'] = name;
};

/** What leads elsewhere does nothing: this device may look at one draft. */
for (const kind of ['click', 'submit']) {
  document.addEventListener(kind, (event) => {
    if (kind === 'submit' || (event.target as Element).closest('a, [type=submit]')) event.preventDefault();
  }, true);
}

/** What the server answers when there is nothing more to see. */
const OVER = [401, 403, 404];

class Over extends Error {}

async function got(path: string): Promise<Response> {
  const reply = await fetch(path, { cache: 'no-store' });
  if (OVER.includes(reply.status)) throw new Over();
  if (!reply.ok) throw new Error(String(reply.status));
  return reply;
}

/** The sheet of a theme's draft has one address; it is asked for again when the page is. */
function freshStyle(): void {
  void wear([...document.querySelectorAll<HTMLLinkElement>('link[href^="/see/style.css"]')], `/see/style.css?at=${bar.dataset['revision']}`);
}

async function refresh(): Promise<void> {
  const page = parsed(await (await got('/see')).text());
  const body = page.querySelector('.see');
  if (!body) throw new Over();
  Idiomorph.morph(shown, body);
  bar.dataset['revision'] = page.querySelector<HTMLElement>('.see-bar')?.dataset['revision'] ?? '';
  document.title = page.title;
  freshStyle();
}

const forever = new AbortController().signal;

/** Settles when something that is shown has changed; throws when the server is silent for longer than its heart is. What is
 *  shown is current from the first sign of life on: what changed before ends the stream at once. */
async function change(): Promise<void> {
  await follow(`/see/changes?since=${bar.dataset['revision']}`, forever, () => state('now'), () => {}).catch((error: unknown) => {
    throw error instanceof Refused && OVER.includes(error.status) ? new Over() : error;
  });
}

async function keepUp(): Promise<void> {
  for (let failures = 0; ;) {
    try {
      await change();
      await refresh();
      failures = 0;
    } catch (error) {
      if (error instanceof Over) return state('over');
      state('away');
      await new Promise((done) => { setTimeout(done, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)]); });
    }
  }
}

void keepUp();
