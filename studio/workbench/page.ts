/* The page that is shown: its name, its token, and how it becomes another. */
import { morphBlock, morphBody } from './morph.ts';
import { wear } from './sheet.ts';
import { say, word } from './status.ts';
import { documentOf } from './trust.ts';

/** Bears the page's name and token; null in a page that arrived in part, when the connection broke before its end. */
export const body = () => document.querySelector('[data-at]') as HTMLElement;

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
  const title = block.querySelector('h2')?.firstChild?.textContent; // what follows counts
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

export async function showWhole({ html, title, sheet, lang, scheme, size }: Whole) {
  await wear([...document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')], sheet);
  morphBody(html);
  document.documentElement.lang = lang;
  Object.assign(document.documentElement.dataset, { scheme, size });
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
