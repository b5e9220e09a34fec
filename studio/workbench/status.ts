/* The strip at the head of the page: whether what is shown is current, and if not, of when it is. Its words come with
   the page, in its language. */

export const strip = document.getElementById('live') as HTMLElement;
const [text, button] = [...strip.children].slice(-2) as [HTMLElement, HTMLButtonElement];
const voice = document.getElementById('live-say') as HTMLElement;

/** A connection that is lost for less than this is nobody's concern. */
const CALM_MS = 4000;
const TICK_MS = 20_000;
const BREATH_MS = 1000;

/** What ended the stream for good: her session, or her right to see the page. */
export type Stop = '' | 'out' | 'closed';

export const status = {
  /** The stream is open, here or in another window. */
  connected: true,
  /** When what is shown was last known to be current. */
  current: Number(document.documentElement.dataset.kept) || Date.now(),
  /** This page came out of this device. */
  kept: 'kept' in document.documentElement.dataset,
  /** Actions to be sent. */
  waiting: 0,
  stop: '' as Stop,
};

/** A text of the page in its language; %1 stands for `value`. */
export const word = (name: string, value = '') => (strip.dataset[name] ?? '').replace('%1', value);

let lastSaid = 0;

/** Tells those who do not see. What comes within a breath is told with what came before, not instead of it. */
export function say(what: string) {
  const now = Date.now();
  voice.textContent = now - lastSaid < BREATH_MS ? `${voice.textContent} ${what}` : what;
  lastSaid = now;
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

let shown = '';
let since = 0;

/** Draws the strip; what passes quickly is not drawn. */
export function show() {
  const now = state();
  if (!since || now !== (strip.dataset.state ?? '')) since = Date.now();
  strip.dataset.state = now;
  const calm = (now === 'stale' || now === 'sending') && Date.now() - since < CALM_MS;
  strip.hidden = !now || calm;
  if (calm) setTimeout(show, CALM_MS);
  const wait = status.waiting ? word('waiting', String(status.waiting)) : '';
  const parts = [now === 'sending' ? '' : word(now, moment()), wait].filter(Boolean);
  text.textContent = strip.hidden ? '' : parts.join(word('joint'));
  button.textContent = now === 'out' ? word('signIn') : word('retry');
  button.hidden = now === 'closed' || now === 'sending';
  const kind = strip.hidden ? '' : now;
  if (kind !== shown) say(kind ? text.textContent ?? '' : word('back'));
  shown = kind;
}

export const onButton = (run: () => void) => button.addEventListener('click', run);

export function keepTime() {
  setInterval(() => { if (!strip.hidden) show(); }, TICK_MS);
  for (const name of ['online', 'offline']) addEventListener(name, show);
}
