// How a record's members look in a table.
import { moment, number, words } from '../text.ts';
import type { Collection, Json, Schema, Words } from '../types.ts';
import { propertiesOf } from '../collections.ts';
import { choicesOf, kindOf, valueOf } from '../schema.ts';

const MOST_COLUMNS = 7;
const shownKinds = ['words', 'text', 'long', 'choice', 'number', 'boolean', 'moment', 'pick', 'icon'];
const namers = ['title', 'name', 'text'];

export interface Column {
  name: string;
  title: string;
  schema: Schema;
}

/** What a record is called first, then as its schema has them; lists and objects only in the form. */
export function columnsOf(collection: Collection): Column[] {
  const all = propertiesOf(collection).filter(([name, schema]) => shownKinds.includes(kindOf(name, schema)) && schema.format !== 'markdown');
  const namer = namers.find((name) => all.some(([one]) => one === name)) ?? 'id';
  const rank = (name: string): number => (name === namer ? 0 : name === 'id' ? 2 : 1);
  const sorted = all.sort(([a], [b]) => rank(a) - rank(b)).slice(0, MOST_COLUMNS);
  return sorted.map(([name, schema]) => ({ name, title: words(schema.title, name === 'id' ? 'ID' : name), schema }));
}

export function shown(value: Json | undefined, schema: Schema): string {
  if (value === undefined || value === null) return '';
  if (choicesOf(schema)) return valueOf(schema, value);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (typeof value === 'string') return schema.format === 'date-time' ? moment(value) : value;
  return 'zh' in value || 'en' in value ? words(value as Words) : JSON.stringify(value);
}
