// How a property is edited, from its JSON Schema.
import { words } from './text.ts';
import type { Json, Schema } from './types.ts';

export type Kind = 'boolean' | 'choice' | 'number' | 'text' | 'long' | 'words' | 'list' | 'members' | 'json';

const LONG = 200;

export function kindOf(_name: string, schema: Schema): Kind {
  if (schema.enum || schema.oneOf?.every((one) => one.const !== undefined)) return 'choice';
  if (schema.type === 'boolean') return 'boolean';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string') return (schema.maxLength ?? 0) > LONG || schema.format === 'markdown' ? 'long' : 'text';
  if (schema.type === 'array' && schema.items) return 'list';
  if (schema.type === 'object' && schema.properties) return 'members';
  if (schema.type === undefined && !schema.oneOf && !schema.anyOf && !schema['$ref']) return 'words';
  return 'json';
}

export const titleOf = (name: string, schema: Schema): string => words(schema.title, name);

/** What a new item starts as. */
export function blankOf(schema: Schema): Json {
  if (schema.default !== undefined) return schema.default;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.type === 'object') {
    const members = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(members.map(([name, inner]) => [name, blankOf(inner)]));
  }
  return { boolean: false, integer: schema.minimum ?? 0, number: schema.minimum ?? 0, array: [] }[String(schema.type)] ?? '';
}
