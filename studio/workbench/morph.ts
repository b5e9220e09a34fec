/* What is shown becomes what the server says, with nothing that a person does on the way disturbed: focus, caret,
   scroll, what is open, what she has typed. */
import { Idiomorph } from 'idiomorph';
import { nodesOf } from './trust.ts';

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isField = (node: Node): node is Field => node instanceof Element && /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);

/** She is in it, or has left something of hers there. */
function isTouched(field: Field) {
  if (field === document.activeElement) return true;
  if (field instanceof HTMLSelectElement) return [...field.options].some((option) => option.defaultSelected) && !field.selectedOptions[0]?.defaultSelected;
  return field.type !== 'hidden' && (field.value !== field.defaultValue || (field instanceof HTMLInputElement && field.checked !== field.defaultChecked));
}

/** What is hers and not the server's: whether something is open. */
const isHers = (attribute: string, node: Element) => attribute === 'open' && /^(DETAILS|DIALOG)$/.test(node.tagName);

function morphInto(old: Element, next: Node, morphStyle: 'innerHTML' | 'outerHTML') {
  Idiomorph.morph(old, next as Element, {
    morphStyle,
    callbacks: {
      beforeNodeMorphed: (from: Node) => !(isField(from) && isTouched(from)),
      beforeNodeRemoved: (node: Node) => (node as Element).id !== 'live-aside',
      beforeAttributeUpdated: (name: string, node: Element) => !isHers(name, node),
    },
  });
}

/* ---- a calm light on what is new ---- */

const LIGHT_MS = 1200;
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** The things of a block that change by themselves: rows and tiles, else its cards. */
const things = (block: Element) => {
  const rows = block.querySelectorAll('li, tr');
  return rows.length ? [...rows] : [...block.querySelectorAll('.card')];
};

/** What a thing says, but for how long ago that was. */
const saying = (thing: Element) => [...thing.querySelectorAll('.row-meta, .as-of')].reduce((all, part) => all.replace(part.textContent ?? '', ''), thing.textContent ?? '');

/** Changes one block; lights up what is new in it. True when there is a new thing. */
export function morphBlock(block: HTMLElement, html: string) {
  const before = new Set(things(block).map(saying));
  const focus = block.contains(document.activeElement);
  const next = nodesOf(html).firstElementChild;
  if (!next) return false;
  morphInto(block, next, 'outerHTML');
  if (focus && document.activeElement === document.body) block.querySelector<HTMLElement>('a[href], button')?.focus({ preventScroll: true });
  const fresh = things(block).filter((thing) => !before.has(saying(thing)));
  if (!still.matches && document.visibilityState === 'visible') {
    for (const thing of fresh) thing.animate([{ backgroundColor: 'var(--color-brand-soft)' }, {}], { duration: LIGHT_MS, easing: 'ease-out' });
  }
  return fresh.length > 0;
}

/** Changes everything between <body> and </body>. */
export function morphBody(content: string) {
  morphInto(document.body, nodesOf(content), 'innerHTML');
}
