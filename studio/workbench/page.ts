/* The page that is shown: its name, its token, and how it becomes another. */
import { morphBlock, morphBody } from './morph.ts';
import { say, word } from './status.ts';
import { documentOf } from './trust.ts';

const SHEET_MS = 3000;

/** Bears the page's name and token. */
export const body = () => document.querySelector('[data-at]') as HTMLElement;

/** False for a page that arrived in part: the connection broke before its end. */
export const isWhole = () => Boolean(body() as HTMLElement | null);

/** Which page it is, with its parameters. */
export const address = location.pathname + location.search;

const listeners: (() => void)[] = [];
/** Runs `run` whenever what is shown has changed. */
export const onChange = (run: () => void) => { listeners.push(run); };
const changed = () => { for (const run of listeners) run(); };

let lastNews = 0;
const NEWS_MS = 10_000;

/** Tells of new things in a card, now and then. */
function tell(block: Element) {
  const title = block.querySelector('h2')?.firstChild?.textContent?.trim(); // what follows counts
  if (!title || Date.now() - lastNews < NEWS_MS) return;
  lastNews = Date.now();
  say(word('news', title));
}

/** A block's new HTML; `mine`: she caused it herself. */
export function showBlock(id: string, html: string, mine = false) {
  const block = document.getElementById(`b-${id}`);
  if (!block) return;
  const isNews = morphBlock(block, html);
  if (isNews && !mine) tell(block);
  changed();
}

export interface Whole {
  html: string;
  title: string;
  sheet: string;
  lang: string;
  scheme: string;
  size: string;
}

/** The new sheet is there before the old one goes, so nothing is ever without style. */
async function wear(sheet: string) {
  const old = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]');
  if (!old || !sheet || old.getAttribute('href') === sheet) return () => {};
  const link = old.cloneNode() as HTMLLinkElement;
  link.href = sheet;
  await new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    setTimeout(resolve, SHEET_MS);
    old.after(link);
  });
  return () => old.remove();
}

export async function showWhole({ html, title, sheet, lang, scheme, size }: Whole) {
  const takeOff = await wear(sheet);
  morphBody(html);
  document.documentElement.lang = lang;
  Object.assign(document.documentElement.dataset, { scheme, size });
  takeOff();
  document.title = title;
  changed();
}

/** Asks for the page as it is now. */
export async function refresh() {
  const reply = await fetch(address, { redirect: 'manual' });
  if (!reply.ok) return;
  const next = documentOf(await reply.text());
  const { lang, dataset: { scheme = '', size = '' } } = next.documentElement;
  await showWhole({
    html: next.body.innerHTML, title: next.title,
    sheet: next.querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? '',
    lang, scheme, size,
  });
}
