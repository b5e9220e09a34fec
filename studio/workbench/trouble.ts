/* What is needed only when something goes wrong: the strip at the head of the page that says so, signing in again, why
   an action was refused. This and its markup, one file a language, are fetched when the page is at rest, so that they are
   there when the connection is not. It shares nothing with the page's script, which therefore stays one file. */
import type { Status } from './status.ts';

/** A connection that is lost for less than this is nobody's concern. */
const CALM_MS = 4000;
const TICK_MS = 20_000;

export interface Page {
  voice: HTMLElement;
  status: Status;
  say(what: string): void;
  nodesOf(html: string): DocumentFragment;
  retry(): void;
}

export interface Trouble {
  word(name: string, value?: string): string;
  /** Draws the strip; what passes quickly is not drawn. */
  show(): void;
  /** Says in a card why it was not done, and points at the fields that are wrong. */
  refuse(card: Element | null | undefined, said: string | undefined, fields: string[]): void;
}

export async function open({ voice, status, say, nodesOf, retry }: Page): Promise<Trouble> {
  const host = document.createElement('div');
  const part = <T extends HTMLElement>(selector: string) => host.querySelector(selector) as T;
  let strip = host;
  let path: string | undefined;
  let shown = '';
  let since = 0;

  const word = (name: string, value = '') => (strip.dataset[name] ?? '').replace('%1', value);

  function openDoor() {
    const door = part<HTMLDialogElement>('dialog');
    const form = part<HTMLFormElement>('dialog form');
    const failed = part('dialog [role=alert]');
    form.onsubmit = async (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      const reply = await fetch(form.action, { method: 'POST', redirect: 'manual', body }).catch(() => undefined);
      const isIn = reply?.type === 'opaqueredirect';
      failed.hidden = isIn;
      if (!isIn) return;
      form.reset();
      door.close();
      retry();
    };
    part('dialog [type=button]').onclick = () => door.close();
    door.showModal();
  }

  /** The markup in the language of the page; it has changed with the page. */
  async function load() {
    const { aside = '' } = voice.dataset;
    if (aside === path || host.querySelector('[open]')) return;
    const reply = await fetch(aside);
    if (!reply.ok) throw new Error(String(reply.status));
    path = aside;
    host.replaceChildren(nodesOf(await reply.text()));
    strip = part('#live');
    part('.live-button').onclick = () => { if (status.stop === 'out') openDoor(); else retry(); };
    voice.after(host);
  }

  function moment() {
    const { lang } = document.documentElement;
    const minutes = Math.round((Date.now() - status.current) / 60_000);
    const far = minutes >= 12 * 60;
    const time = new Intl.DateTimeFormat(lang, far ? { dateStyle: 'medium', timeStyle: 'short' } : { timeStyle: 'short' }).format(status.current);
    if (far || minutes < 1) return time;
    const ago = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
    return word('moment', time).replace('%2', minutes < 60 ? ago.format(-minutes, 'minute') : ago.format(-Math.round(minutes / 60), 'hour'));
  }

  function state() {
    if (status.stop) return status.stop;
    if (status.kept || !navigator.onLine) return 'offline';
    if (!status.connected) return 'stale';
    return status.waiting ? 'sending' : '';
  }

  function draw() {
    const now = state();
    if (!since || now !== (strip.dataset.state ?? '')) since = Date.now();
    strip.dataset.state = now;
    const calm = (now === 'stale' || now === 'sending') && Date.now() - since < CALM_MS;
    strip.hidden = !now || calm;
    if (calm) setTimeout(draw, CALM_MS);
    const wait = status.waiting ? word('waiting', String(status.waiting)) : '';
    const text = [now === 'sending' ? '' : word(now, moment()), wait].filter(Boolean).join(word('joint'));
    const button = part('.live-button');
    part('.live-text').textContent = strip.hidden ? '' : text;
    button.textContent = now === 'out' ? word('signIn') : word('retry');
    button.hidden = now === 'closed' || now === 'sending';
    const kind = strip.hidden ? '' : now;
    if (kind !== shown) say(kind ? text : word('back'));
    shown = kind;
  }

  const show = () => void load().catch(() => {}).then(draw);

  function refuse(card: Element | null | undefined, said: string | undefined, fields: string[]) {
    const note = part('.act-refused').cloneNode(true) as HTMLElement;
    note.hidden = false;
    (note.querySelector('span') as Element).textContent = said ?? word('failed');
    (note.querySelector('button') as HTMLElement).onclick = () => note.remove();
    card?.append(note);
    for (const name of fields) {
      const field = card?.querySelector<HTMLElement>(`[name="input.${CSS.escape(name)}"]`);
      field?.setAttribute('aria-invalid', 'true');
      field?.focus();
    }
  }

  host.id = 'live-aside';
  await load();
  draw();
  setInterval(() => { if (!strip.hidden) draw(); }, TICK_MS);
  for (const name of ['online', 'offline']) addEventListener(name, draw);
  return { word, show, refuse };
}
