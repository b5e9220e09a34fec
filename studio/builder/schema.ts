// How a property is edited, from its JSON Schema.
import { valueText, words } from './text.ts';
import type { Json, Schema, Words } from './types.ts';

/** What a property names when it is a person of the unit: of no collection that packages bring. */
export const PERSON = 'person';

export type Kind = 'boolean' | 'choice' | 'number' | 'text' | 'long' | 'moment' | 'words' | 'list' | 'members' | 'link' | 'pick' | 'picture' | 'icon' | 'color' | 'filter' | 'json';

const LONG = 200;

/** What is chosen from: records of a fixed collection, part of a query, pages. */
export type Pick = 'link' | 'collection' | 'index' | 'value' | 'member' | 'record';

export function pickOf(name: string, schema: Schema): Pick | undefined {
  if (schema.type !== 'string' || choicesOf(schema)) return undefined;
  if (schema['x-query']) return schema['x-query'] as Pick;
  if (schema['x-record']) return 'record';
  if (schema.format === 'uri-reference') return 'link';
  return name === 'collection' ? 'collection' : undefined;
}

/** What a value may be, when there are only some. */
export function choicesOf(schema: Schema | undefined): Json[] | undefined {
  const titled = schema?.oneOf?.every((one) => one.const !== undefined) ? schema.oneOf.map((one) => one.const ?? null) : undefined;
  return schema?.enum ?? titled;
}

const isWords = (schema: Schema): boolean =>
  schema.anyOf ? schema.anyOf.some((one) => one.properties?.['zh']) : schema.type === undefined && !schema.oneOf && !schema['$ref'];

export function kindOf(name: string, schema: Schema): Kind {
  const pick = pickOf(name, schema);
  if (schema['x-query'] === 'filter') return 'filter';
  if (pick) return pick === 'link' && !schema.pattern ? 'link' : 'pick';
  if (choicesOf(schema)) return 'choice';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string' && (schema.format === 'icon' || name === 'icon')) return 'icon';
  if (schema.format === 'color-token') return 'color';
  if (schema.format === 'date-time') return 'moment';
  if (schema.type === 'string') return (schema.maxLength ?? 0) > LONG || schema.format === 'markdown' ? 'long' : 'text';
  if (schema.type === 'array' && schema.items) return 'list';
  if (schema['x-picture']) return 'picture';
  if (schema.type === 'object' && schema.properties) return 'members';
  return isWords(schema) ? 'words' : 'json';
}

export const titleOf = (name: string, schema: Schema): string => words(schema.title, name);

/** A value as people would write it: a choice by its title. */
export const valueOf = (schema: Schema | undefined, value: Json | undefined): string =>
  words(schema?.oneOf?.find((one) => one.const !== undefined && one.const === value)?.title, valueText(value));

/** The schema of a list's items: a list of ids is a list of what they name. */
export const itemOf = (schema: Schema): Schema => ({ ...schema.items, ...(schema['x-record'] ? { 'x-record': schema['x-record'] } : {}) });

/** Properties under one heading: x-groups. */
export interface Group {
  title: Words;
  properties: string[];
}

export const groupsOf = (schema: Schema | undefined): Group[] => (schema?.['x-groups'] ?? []) as unknown as Group[];

const DEEPEST = 8;

/** The schema with what its `#/$defs/…` name put in their places. */
export function expanded(schema: Schema, defs = (schema['$defs'] ?? {}) as Record<string, Schema>, depth = 0): Schema {
  const named = defs[String(schema['$ref'] ?? '').replace('#/$defs/', '')];
  if (depth > DEEPEST || (schema['$ref'] && !named)) return schema;
  const { $ref: _, ...own } = schema;
  const inner = (one: Schema): Schema => expanded(one, defs, depth + 1);
  const whole: Schema = { ...(named && inner(named)), ...own };
  if (own.properties) whole.properties = Object.fromEntries(Object.entries(own.properties).map(([name, one]) => [name, inner(one)]));
  if (own.items) whole.items = inner(own.items);
  return whole;
}

/** Whether the value is as the condition of an `if` wants it: what conditions of forms are made of. */
function fits(condition: Schema, value: Json | undefined): boolean {
  if (condition.const !== undefined && JSON.stringify(condition.const) !== JSON.stringify(value)) return false;
  if (condition.enum && !condition.enum.some((one) => JSON.stringify(one) === JSON.stringify(value))) return false;
  if (condition.not && fits(condition.not, value)) return false;
  const members = value && typeof value === 'object' && !Array.isArray(value) ? value : {};
  return (condition.required ?? []).every((name) => members[name] !== undefined)
    && Object.entries(condition.properties ?? {}).every(([name, inner]) => members[name] === undefined || fits(inner, members[name]));
}

type Members = { [name: string]: Schema | false };

/** What a schema says of its members, with the branches that hold. A later one adds to what an earlier says; `false` forbids. */
function membersOf(schema: Schema, values: { [name: string]: Json }): Members {
  const dependent = Object.entries(schema.dependentSchemas ?? {}).filter(([name]) => values[name] !== undefined).map(([, one]) => one);
  const branch = schema.if && (fits(schema.if, values) ? schema.then : schema.else);
  const all: Members = { ...schema.properties };
  for (const more of [...dependent, ...(branch ? [branch] : []), ...(schema.allOf ?? [])]) {
    for (const [name, one] of Object.entries(membersOf(more, values))) all[name] = one && { ...all[name], ...one };
  }
  return all;
}

/** The properties as they are now. */
export function propertiesNow(schema: Schema, values: { [name: string]: Json }): { [name: string]: Schema } {
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([name, { default: one }]) => (one === undefined ? [] : [[name, one] as const]));
  const members = membersOf(schema, { ...Object.fromEntries(defaults), ...values });
  return Object.fromEntries(Object.entries(members).filter((one): one is [string, Schema] => one[1] !== false));
}

/** What a new item starts as. */
export function blankOf(schema: Schema): Json {
  if (schema.default !== undefined) return schema.default;
  const [first] = choicesOf(schema) ?? [];
  if (first !== undefined) return first;
  if (schema.type === 'object') {
    const members = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(members.map(([name, inner]) => [name, blankOf(inner)]));
  }
  return { boolean: false, integer: schema.minimum ?? 0, number: schema.minimum ?? 0, array: [] }[String(schema.type)] ?? '';
}
