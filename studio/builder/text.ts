// What the studio says, in both languages, and how values become text.
import { once } from './once.ts';
import type { Json, Lang, Words } from './types.ts';
import { catalogue } from './words.ts';

export const lang: Lang = document.documentElement.lang === 'en' ? 'en' : 'zh';

export type Key = keyof typeof catalogue;
export type Values = Record<string, string | number>;

/** Gives the texts of a catalogue; {name} is filled from `values`. */
export const speaker = <K extends string>(texts: Record<K, Record<Lang, string>>) =>
  (key: K, values: Values = {}): string => texts[key][lang].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));

export const t = speaker<Key>(catalogue);

/** Why nothing came of what was asked. */
export const problemText = ({ code, message }: { code: string; message: string }): string => (code === 'offline' ? t('unreachable') : message);

/** The same, in a room's own words where it has them for the code. */
export const refusals = <K extends string>(texts: Record<K, Record<Lang, string>>) => (problem: { code: string; message: string; errors: { detail?: string }[] } | undefined): string => {
  if (!problem) return '';
  if (problem.code in texts) return speaker(texts)(problem.code as K);
  return problem.errors[0]?.detail ?? problemText(problem);
};

/** A text that the server has in one language or two. */
export function words(text: Words | undefined, otherwise = ''): string {
  if (typeof text === 'string') return text;
  return text?.[lang] || text?.zh || text?.en || otherwise;
}

const locale = lang === 'en' ? 'en' : 'zh-CN';
const moments = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }));
const numbers = once(() => new Intl.NumberFormat(locale));
const distances = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));

const days = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'full' }));
const clocks = once(() => new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' }));

export const moment = (iso: string): string => moments().format(new Date(iso));

export const day = (iso: string): string => days().format(new Date(iso));
export const clock = (iso: string): string => clocks().format(new Date(iso));

/** Within a day how long ago or how soon, else the moment. */
export function nearly(iso: string, now = Date.now()): string {
  const minutes = Math.round((Date.parse(iso) - now) / 60_000);
  if (Math.abs(minutes) < 60) return distances().format(minutes, 'minute');
  if (Math.abs(minutes) < 24 * 60) return distances().format(Math.round(minutes / 60), 'hour');
  return moment(iso);
}

export const number = (value: number): string => numbers().format(value);

/** "2026-11-22T01:30:00Z" as this browser's clock shows it, for a field. */
export function fromMoment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

export const toMoment = (local: string): string | undefined => (local ? new Date(local).toISOString().replace('.000Z', 'Z') : undefined);

/** A value as people would write it. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return t('none');
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  const members = Array.isArray(value) ? [] : Object.keys(value);
  return members.length && members.every((one) => one === 'zh' || one === 'en') ? words(value as Words) : JSON.stringify(value);
}
