// The collections of a unit and what their records are called.
import { ask } from './api.ts';
import { expanded } from './schema.ts';
import { words } from './text.ts';
import type { Collection, Content, Json, List, Row, Schema, Words } from './types.ts';

const kept = new Map<string, Promise<Collection[]>>();

/** Asked once for each unit, again with `anew`. A failure is not kept. */
export function collectionsOf(tenant: string, anew = false): Promise<Collection[]> {
  let found = anew ? undefined : kept.get(tenant);
  if (!found) {
    found = ask<List<Collection>>(['data'], { query: { tenant } }).then(({ items }) => items.map((one) => ({ ...one, schema: expanded(one.schema ?? {}) })));
    found.catch(() => kept.delete(tenant));
    kept.set(tenant, found);
  }
  return found;
}

export const recordsOf = (tenant: string, collection: string, query: Record<string, string | number | undefined>): Promise<List<Row>> =>
  ask<List<Row>>(['data', collection], { query: { tenant, ...query } });

export const propertiesOf = (collection: Collection | undefined): [string, Schema][] => Object.entries(collection?.schema?.properties ?? {});

/** The members that may say what a record is called, best first. */
const NAMES = ['title', 'name', 'text'];

const isText = (value: Json | undefined): value is Words & Json => typeof value === 'string' || (!!value && typeof value === 'object' && ('zh' in value || 'en' in value));

export function nameOfRecord(record: Content): string {
  const found = NAMES.map((name) => record[name]).find(isText);
  return found === undefined ? String(record['id'] ?? '') : words(found);
}
