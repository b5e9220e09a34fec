// How days and numbers of people are written.
import { once } from '../once.ts';
import { lang, number } from '../text.ts';
import { w } from './words.ts';

const days = once(() => new Intl.DateTimeFormat(lang === 'en' ? 'en' : 'zh-CN', { month: 'short', day: 'numeric', weekday: 'short' }));

/** "2026-11-23" is a day of the unit's calendar, wherever one looks at it. */
export const nameOfDay = (day: string): string => (day ? days().format(new Date(`${day}T00:00`)) : '');

export const unitOf = (people: number): string => w(people === 1 ? 'person_unit' : 'people_unit');

/** "47 人", "1 person". */
export const peopleText = (people: number): string => `${number(people)} ${unitOf(people)}`;

/** A share as whole percent; what is there is never nothing, what lacks never all. */
export function percent(part: number, whole: number): number {
  const exact = (100 * part) / Math.max(1, whole);
  return part && part < whole ? Math.min(99, Math.max(1, Math.round(exact))) : Math.round(exact);
}
