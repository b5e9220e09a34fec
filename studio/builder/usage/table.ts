// The figures as a table for spreadsheets: a line for each day, page, component and unit below.
import { words } from '../text.ts';
import type { Usage } from '../types.ts';
import { w } from './words.ts';

type Cell = string | number | undefined;

/** Quoted as RFC 4180 has it; what a spreadsheet would take for a formula gets a ' in front. */
const quoted = (cell: Cell): string => `"${String(cell ?? '').replace(/^(?=[=+\-@\t])/, "'").replaceAll('"', '""')}"`;

/** `nameOf`: what a page or a component is called. With a mark that tells spreadsheets it is UTF-8. */
export function tableOf(usage: Usage, nameOf: { page: (page: string) => string; component: (component: string) => string }): string {
  const lines: Cell[][] = [
    [w('what'), w('name'), w('people_column'), w('views_column'), w('uses_column'), w('of_column')],
    ...(usage.days ?? []).map(({ day, people, views, uses }): Cell[] => [w('day_column'), day, people, views, uses]),
    ...(usage.pages ?? []).map(({ page, people, views }): Cell[] => [w('page_column'), nameOf.page(page), people, views]),
    ...(usage.components ?? []).map(({ component, people, uses }): Cell[] => [w('component_column'), nameOf.component(component), people, undefined, uses]),
    ...usage.units.map(({ name, people, views, uses, of, few }): Cell[] => [w('unit'), words(name), few ? w('few') : people, views, uses, of]),
  ];
  return `\ufeff${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`;
}
