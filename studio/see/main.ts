// A draft on a phone: shown as the server renders it, again whenever it changes. Nothing can be done here.
import { Idiomorph } from 'idiomorph';
import { parsed } from '../builder/html.ts';

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

class Over extends Error {}

async function got(path: string): Promise<Response> {
  const reply = await fetch(path, { cache: 'no-store' });
  if ([401, 403, 404].includes(reply.status)) throw new Over();
  if (!reply.ok) throw new Error(String(reply.status));
  return reply;
}

/** The sheet of a theme's draft has one address; it is asked for again when the page is. */
function freshStyle(): void {
  const old = document.querySelector<HTMLLinkElement>('link[href^="/see/style.css"]');
  if (!old) return;
  const next = old.cloneNode() as HTMLLinkElement;
  next.href = `/see/style.css?at=${bar.dataset['revision']}`;
  next.onload = () => old.remove();
  old.after(next);
}

async function refresh(): Promise<void> {
  const page = parsed(await (await got('/see')).text());
  const body = page.querySelector('.see');
  if (!body) throw new Over();
  Idiomorph.morph(shown, body, { morphStyle: 'innerHTML' });
  bar.dataset['revision'] = page.querySelector<HTMLElement>('.see-bar')?.dataset['revision'] ?? '';
  document.title = page.title;
  freshStyle();
}

/** Settles when something that is shown has changed. */
const change = async (): Promise<unknown> => (await got(`/see/changes?since=${bar.dataset['revision']}`)).text();

async function follow(): Promise<void> {
  for (let failures = 0; ;) {
    try {
      await change();
      await refresh();
      state('now');
      failures = 0;
    } catch (error) {
      if (error instanceof Over) return state('over');
      state('away');
      await new Promise((done) => { setTimeout(done, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)]); });
    }
  }
}

void follow();
