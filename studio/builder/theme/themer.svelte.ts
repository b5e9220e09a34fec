// The look that is edited: what the server says of it, and what is on its way to it. What is dragged
// is seen in the frames at once; the command follows when the hand rests.
import { ask } from '../api.ts';
import { editor } from '../model.svelte.ts';
import { t, words } from '../text.ts';
import type { Json, List, Scheme, SetBy, Token, TokenSet, Verb, WordsOf } from '../types.ts';
import { w } from './words.ts';

/** How long a hand rests before what it did is sent. */
const REST_MS = 180;

export interface Said {
  set: TokenSet;
  name: string;
  value: Json;
  css: string; // what the frames show until the server answers
}

const keyOf = (verb: Verb): string => [verb.verb, verb.set ?? '', verb.name ?? '', verb.component ?? '', verb.key ?? '', verb.lang ?? '', verb.at ?? ''].join('|');

/** As a verb of the page "theme" says it. */
export const pointerOf = (set: TokenSet, name: string): string => `/tokens/${set}/${name}`;

class Themer {
  shown = $state.raw<Record<TokenSet, { [property: string]: string }>>({ base: {}, light: {}, dark: {} }); // custom properties not sent yet
  words = $state.raw<WordsOf[]>([]);
  page = $state('home');
  #waiting = new Map<string, Verb>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly tokens = $derived(new Map((editor.dress?.tokens ?? []).map((token) => [`${token.set} ${token.name}`, token])));

  token(set: TokenSet, name: string): Token | undefined {
    return this.tokens.get(`${set} ${name}`);
  }

  /** The set that has the token: of a scheme, or the one of both. */
  setOf(scheme: Scheme, name: string): TokenSet | undefined {
    return this.token(scheme, name) ? scheme : this.token('base', name) ? 'base' : undefined;
  }

  /** What a token is, aliases followed: "#0a59c2", "14px". */
  css(scheme: Scheme, name: string): string {
    const set = this.setOf(scheme, name);
    const token = set && this.token(set, name);
    const waiting = set && this.shown[set][propertyOf(name)];
    return waiting ?? resolved(token?.css ?? '', (alias) => this.css(scheme, alias));
  }

  hex(scheme: Scheme, name: string): string {
    return hexOf(this.css(scheme, name));
  }

  /** Who sealed it above, if anybody did. */
  sealedBy(at: string): string | undefined {
    return editor.dress?.locks.find((lock) => !lock.by.own && (lock.at === '' || at === lock.at || at.startsWith(`${lock.at}/`)))?.by.unit;
  }

  isLocked(at: string): boolean {
    return editor.dress?.locks.some((lock) => lock.by.own && lock.at === at) ?? false;
  }

  origin(by: SetBy): string {
    if (by.own) return t('set_here');
    if (!by.unit) return t('by_default');
    return by.unit === editor.tenant && !by.layer ? w('whole_unit_theme') : t('from_unit', { unit: by.unit });
  }

  async readWords(): Promise<void> {
    this.words = (await ask<List<WordsOf>>(['tenants', editor.tenant, 'words'])).items;
  }

  /** Shows the tokens now, says them when nothing more comes. */
  say(all: Said[]): void {
    const free = all.filter(({ set, name }) => !this.sealedBy(pointerOf(set, name)));
    const shown = { base: { ...this.shown.base }, light: { ...this.shown.light }, dark: { ...this.shown.dark } };
    for (const { set, name, css } of free) shown[set][propertyOf(name)] = css;
    this.shown = shown;
    for (const { set, name, value } of free) this.#wait({ verb: 'token', set, name, value });
  }

  #wait(verb: Verb): void {
    this.#waiting.set(keyOf(verb), verb);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), REST_MS);
  }

  /** Sends what waits, now. */
  flush(): Promise<void> | undefined {
    if (!this.#waiting.size) return undefined;
    clearTimeout(this.#timer);
    return this.#send();
  }

  async #send(): Promise<void> {
    const sent = this.shown;
    const verbs = [...this.#waiting.values()];
    this.#waiting.clear();
    await editor.run(verbs);
    if (this.shown === sent && !editor.busy) this.shown = { base: {}, light: {}, dark: {} };
  }

  /** The whole layer, one pointer, as it is above. */
  async restore(...pointers: string[]): Promise<void> {
    await editor.run(pointers.map((at) => ({ verb: 'restore', block: 'page', at })));
  }

  async lock(pointers: string[], on: boolean): Promise<void> {
    await editor.run(pointers.map((at) => ({ verb: on ? 'lock' : 'unlock', block: 'page', lock: 'sealed', at })));
  }
}

export const propertyOf = (name: string): string => `--${name.replaceAll('.', '-')}`;

/** "--color-info:var(--color-brand);" is what color.brand is. */
function resolved(css: string, follow: (name: string) => string): string {
  const value = css.slice(css.indexOf(':') + 1).replace(/;.*$/s, '');
  const alias = value.match(/^var\(--(color)-([\w-]+)\)$/);
  return alias ? follow(`${alias[1]}.${alias[2]}`) : value;
}

const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

/** Any CSS colour as #rrggbb, for the inputs that know nothing else. */
function hexOf(css: string): string {
  if (/^#[0-9a-f]{6}$/i.test(css)) return css.toLowerCase();
  if (!canvas || !css) return '#000000';
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** What an entry's declarations say, for people. */
export const shownValue = (css: string): string => css.slice(css.indexOf(':') + 1).replace(/;.*$/s, '');

export const nameOfComponent = (component: string, title: WordsOf['title']): string => (component === 'ui' ? w('host') : words(title, component));
export const themer = new Themer();
editor.flush = () => themer.flush();
