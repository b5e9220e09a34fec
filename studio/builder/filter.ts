// A filter as a property holds it, `{ by, where, descending }`, and as people read it: one line for each field of the
// index. What they cannot be shown stays as it was written (shownOf).
import type { Beside } from './pick.ts';
import { choicesOf, PERSON } from './schema.ts';
import type { Collection, Json, Schema } from './types.ts';

export interface Condition {
  field: string;
  is?: Json;
  from?: Json;
  to?: Json;
}

export interface Filter {
  by?: string;
  where?: Condition[];
  descending?: boolean;
}

export interface Line {
  field: string;
  schema: Schema;
  sort: Sort;
  condition: Condition | undefined;
}

/** What a field holds, as far as it matters to how one filters by it. */
export type Sort = 'choice' | 'switch' | 'number' | 'date' | 'moment' | 'text';

/** How a field is filtered: not at all, by a value, by who looks, from … to …, or by one of its choices (as JSON). */
export type How = 'any' | 'is' | 'me' | 'range' | `=${string}`;

type Index = NonNullable<Collection['indexes']>[number];

const ME = '$actor.id';

export function sortOf(schema: Schema | undefined): Sort {
  if (choicesOf(schema)) return 'choice';
  if (schema?.type === 'boolean') return 'switch';
  if (schema?.type === 'integer' || schema?.type === 'number') return 'number';
  if (schema?.format === 'date') return 'date';
  return schema?.format === 'date-time' ? 'moment' : 'text';
}

export const indexOf = (collection: Collection | undefined, by: string | undefined): Index | undefined => collection?.indexes?.find(({ name }) => name === by);

// ---- values: a text with $ names something, $$ is a real $ ----

export function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') return '';
  return value.startsWith('$$') ? value.slice(1) : value.startsWith('$') ? '' : value;
}

export const fromText = (text: string): string => (text.startsWith('$') ? `$${text}` : text);

const literal = (value: Json): Json => (typeof value === 'string' ? fromText(value) : value);

/** A moment in words: now, today, some days after or before it, or one that is fixed. */
export type When = 'any' | 'now' | 'today' | 'after' | 'before' | 'fixed';

export const mostDays = 3650;

export function whenOf(value: Json | undefined): { when: When; days: number } | undefined {
  if (value === undefined) return { when: 'any', days: 0 };
  if (typeof value !== 'string') return undefined;
  if (value === '$now.minute') return { when: 'now', days: 0 };
  const [, days] = /^\$now\.day((?:[+-]\d{1,4})?)$/.exec(value) ?? [];
  if (days !== undefined) return { when: Number(days) > 0 ? 'after' : Number(days) < 0 ? 'before' : 'today', days: Math.abs(Number(days)) };
  return Number.isNaN(Date.parse(value)) ? undefined : { when: 'fixed', days: 0 };
}

/** What is chosen at first: a week, or this hour. */
export function momentOf(when: When, sort: Sort, days = 7, now = new Date()): string | undefined {
  const hour = new Date(now).setMinutes(0, 0, 0);
  const local = new Date(hour - now.getTimezoneOffset() * 60_000);
  return {
    any: undefined,
    now: '$now.minute',
    today: '$now.day',
    after: `$now.day+${days}`,
    before: `$now.day-${days}`,
    fixed: sort === 'date' ? local.toISOString().slice(0, 10) : new Date(hour).toISOString().replace('.000Z', 'Z'),
  }[when];
}

const isMoment = (sort: Sort): boolean => sort === 'date' || sort === 'moment';

// ---- conditions ----

export function howOf(sort: Sort, condition: Condition | undefined): How {
  if (!condition) return 'any';
  if (condition.is === undefined) return 'range';
  if (sort === 'choice' || sort === 'switch') return `=${JSON.stringify(typeof condition.is === 'string' ? textOf(condition.is) : condition.is)}`;
  return condition.is === ME ? 'me' : 'is';
}

export function hows({ sort, schema }: Line): How[] {
  if (sort === 'choice') return ['any', ...(choicesOf(schema) ?? []).filter((one) => one !== null).map((one): How => `=${JSON.stringify(one)}`)];
  if (sort === 'switch') return ['any', '=true', '=false'];
  if (sort === 'text') return schema['x-record'] && schema['x-record'] !== PERSON ? ['any', 'is'] : ['any', 'is', 'me'];
  return sort === 'moment' ? ['any', 'range'] : ['any', 'is', 'range'];
}

/** What a choice means at once; undefined where a value is still to be given. */
export function conditionOf(field: string, sort: Sort, how: How): Condition | undefined {
  if (how.startsWith('=')) return { field, is: literal(JSON.parse(how.slice(1)) as Json) };
  if (how === 'me') return { field, is: ME };
  if (isMoment(sort) && how === 'is') return { field, is: '$now.day' };
  return isMoment(sort) && how === 'range' ? { field, from: '$now.day' } : undefined;
}

export type Given = { [side in 'is' | 'from' | 'to']?: Json | undefined };

/** Of what was given; undefined when that is nothing. */
export function conditionWith(field: string, given: Given): Condition | undefined {
  const said = Object.entries(given).filter((one): one is [string, Json] => one[1] !== undefined && one[1] !== '');
  return said.length ? { field, ...Object.fromEntries(said) } : undefined;
}

function fitsEdge(sort: Sort, value: Json | undefined): boolean {
  if (value === undefined) return true;
  const when = isMoment(sort) ? whenOf(value)?.when : undefined;
  if (sort === 'date') return when !== undefined && when !== 'now' && (when !== 'fixed' || /^\d{4}-\d\d-\d\d$/.test(String(value)));
  return sort === 'moment' ? when !== undefined : sort === 'number' && typeof value === 'number';
}

function isShown(line: Line): boolean {
  const { sort, condition = { field: '' } } = line;
  const { is, from, to } = condition;
  if (is === undefined) return fitsEdge(sort, from) && fitsEdge(sort, to);
  if (sort === 'text') return hows(line).includes(howOf(sort, condition)) && typeof is === 'string' && (is === ME || is === fromText(textOf(is)));
  if (sort === 'number') return typeof is === 'number';
  if (sort === 'date') return fitsEdge(sort, is);
  return hows(line).includes(howOf(sort, condition));
}

// ---- the whole ----

const hasOnly = (value: unknown, members: string[]): value is { [name: string]: Json } =>
  !!value && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).every((name) => members.includes(name));

function isCondition(value: Json): value is Condition & { [name: string]: Json } {
  if (!hasOnly(value, ['field', 'is', 'from', 'to']) || typeof value['field'] !== 'string') return false;
  return (value['is'] !== undefined) !== (value['from'] !== undefined || value['to'] !== undefined);
}

function asFilter(value: Json): Filter | undefined {
  if (!hasOnly(value, ['by', 'where', 'descending'])) return undefined;
  const { by = '', where = [], descending = false } = value;
  if (typeof by !== 'string' || typeof descending !== 'boolean' || !Array.isArray(where) || !where.every(isCondition)) return undefined;
  return { ...(by && { by }), where, descending };
}

/** The lines of a filter: one for each field, up to the first that is not one value. */
export function linesOf(collection: Collection, filter: Filter): Line[] {
  const lines: Line[] = [];
  for (const [i, field] of (indexOf(collection, filter.by)?.fields ?? []).entries()) {
    const schema = collection.schema?.properties?.[field] ?? {};
    const condition = filter.where?.[i];
    lines.push({ field, schema, sort: sortOf(schema), condition });
    if (condition?.is === undefined) break;
  }
  return lines;
}

/** The filter, when people can be shown all of it. */
export function shownOf(collection: Collection, value: Json): Filter | undefined {
  const filter = asFilter(value);
  if (!filter || (filter.by && !indexOf(collection, filter.by))) return undefined;
  const lines = linesOf(collection, filter);
  const fits = lines.every((line) => (!line.condition || line.condition.field === line.field) && isShown(line));
  return fits && (filter.where?.length ?? 0) <= lines.filter(({ condition }) => condition).length ? filter : undefined;
}

/** With another condition for the line `at`; those behind it stay while they may. */
export function withCondition(filter: Filter, at: number, condition: Condition | undefined): Filter {
  const where = filter.where ?? [];
  const rest = condition?.is === undefined ? [] : where.slice(at + 1);
  return { ...filter, where: [...where.slice(0, at), ...(condition ? [condition] : []), ...rest] };
}

/** Records beside those of a person are reached through her alone: then who looks is what is meant first. */
export function withIndex(collection: Collection, filter: Filter, by: string): Filter {
  const index = indexOf(collection, by);
  const field = index?.fields[0] ?? '';
  const sort = sortOf(collection.schema?.properties?.[field]);
  return { by, where: index?.clustered && sort === 'text' ? [{ field, is: ME }] : [], descending: filter.descending ?? false };
}

/** As it is kept: nothing that says nothing. */
export function kept({ by, where, descending }: Filter): { [name: string]: Json } {
  return { ...(by && { by }), ...(where?.length && { where: where as unknown as Json }), ...(descending && { descending }) };
}

/** What orders the records: the first field that is not one value. */
export const orderOf = (lines: Line[]): Sort | undefined => lines.find(({ condition }) => condition?.is === undefined)?.sort;

// ---- pages that are older than filters ----

const OLDER = ['index', 'value', 'descending'];

/** The properties in whose place a filter among them stands. */
export function olderOf(schemas: { [name: string]: Schema }): string[] {
  const all = Object.entries(schemas);
  return all.some(([, one]) => one['x-query'] === 'filter') ? all.filter(([, one]) => OLDER.includes(String(one['x-query']))).map(([name]) => name) : [];
}

/** What they say, as a filter. */
export function olderFilter(collection: Collection, { schemas, values }: Beside): { [name: string]: Json } {
  const said = (role: string): Json | undefined => values[Object.entries(schemas).find(([, one]) => one['x-query'] === role)?.[0] ?? ''];
  const by = textOf(said('index'));
  const value = said('value');
  const field = indexOf(collection, by)?.fields[0];
  const is = value === 'me' ? ME : value;
  return kept({ by, where: field && is ? [{ field, is }] : [], descending: said('descending') === true });
}
