// What a property may be chosen from. What is offered is a help: another text may be typed.
import { ask } from './api.ts';
import { collectionsOf, nameOfRecord, propertiesOf, recordsOf } from './collections.ts';
import { editor } from './model.svelte.ts';
import { pages } from './pages.ts';
import { choicesOf, PERSON, valueOf, type Pick } from './schema.ts';
import { matches } from './search.ts';
import { t, words } from './text.ts';
import type { Collection, Json, List, Person, Schema } from './types.ts';
import { ui } from './ui.svelte.ts';

export interface Option {
  value: string;
  label: string;
  kind?: string; // where several kinds are offered
}

/** The properties that stand beside the one that is chosen, which say of what. */
export interface Beside {
  schemas: { [name: string]: Schema };
  values: { [name: string]: Json | undefined };
}

const MOST = 50;
const MOST_READ = 100; // records at once

function part(beside: Beside, role: Pick): string {
  const found = Object.entries(beside.schemas).find(([, schema]) => schema['x-query'] === role);
  const value = found && (beside.values[found[0]] ?? found[1].default);
  return typeof value === 'string' ? value : '';
}

async function pageLinks(): Promise<Option[]> {
  return (await pages()).map(({ page, title }) => ({ value: `/w/${page}`, label: title, kind: t('link_page') }));
}

/** Where the page that is edited can be scrolled to; a record is of no page. */
function anchors(): Option[] {
  const blocks = ui.collection === undefined ? (editor.preview?.blocks ?? []) : [];
  return blocks.filter(({ id }) => !editor.selected.includes(id)).map(({ id }) => ({ value: `#b-${id}`, label: editor.nameOf(id), kind: t('link_block') }));
}

/** The unit and those above it, nearest first, as far as one may look at their records. */
function readable(): string[] {
  const units = [...new Set([...(editor.preview?.layers ?? []).map(({ unit }) => unit), editor.tenant])];
  const granted = editor.grants.filter(({ rights }) => rights.includes('read_data')).map(({ id }) => id);
  const first = units.findIndex((unit) => granted.includes(unit));
  return (first < 0 ? [editor.tenant] : units.slice(first)).reverse();
}

/** Where the apps lead that people of the unit have. */
async function apps(asked: string): Promise<Option[]> {
  if (!editor.rights.includes('read_data') || !(await collectionsOf(editor.tenant)).some(({ name }) => name === 'app')) return [];
  const found = await Promise.all(readable().map((unit) => recordsOf(unit, 'app', { q: asked, limit: MOST })));
  const byId = new Map(found.flatMap(({ items }) => items).reverse().map(({ record }) => [record['id'], record])); // a unit's own stands for one above
  return [...byId.values()].flatMap((app) => (typeof app['link'] === 'string' ? [{ value: app['link'], label: nameOfRecord(app), kind: t('link_app') }] : []));
}

async function links(asked: string): Promise<Option[]> {
  const [ofPages, ofApps] = await Promise.all([pageLinks(), apps(asked)]);
  const found = [...ofPages, ...anchors()].filter((one) => matches(asked, one.value, one.label)).slice(0, MOST);
  return [...found, ...ofApps];
}

/** What stands in the records of the unit and above, as far as one may look; a moment is nothing to choose. */
async function valuesThere({ name, schema }: Collection, field: string, by?: string): Promise<string[]> {
  const { type, format } = schema?.properties?.[field] ?? {};
  if (type !== 'string' || format) return [];
  const found = await Promise.all(readable().map((unit) => recordsOf(unit, name, { by, limit: MOST_READ })));
  return found.flatMap(({ items }) => items).map(({ record }) => record[field]).filter((one) => typeof one === 'string' && one !== '') as string[];
}

const me = (): Option => ({ value: 'me', label: t('pick_me') });

/** Of an index its first field: what its schema allows, else what there is. */
async function values(collection: Collection, index: string, asked: string): Promise<Option[]> {
  if (asked === 'me') return [me()]; // nothing to look for
  const field = collection.indexes?.find((one) => one.name === index)?.fields[0] ?? '';
  const schema = collection.schema?.properties?.[field];
  const choices = choicesOf(schema)?.map(String) ?? await valuesThere(collection, field, index);
  return [me(), ...[...new Set(choices)].map((one) => ({ value: one, label: valueOf(schema, one) }))];
}

/** What a field of an index may be, for a filter: records by title, else what there is. */
export async function valuesOf(collection: Collection, by: string, field: string, asked: string): Promise<Option[]> {
  const record = collection.schema?.properties?.[field]?.['x-record'];
  if (record === PERSON) return peopleOptions(asked);
  if (record) return recordOptions(String(record), asked);
  const index = collection.indexes?.find(({ name }) => name === by);
  const there = await valuesThere(collection, field, index?.fields[0] === field && !index.clustered ? by : undefined);
  return [...new Set(there)].filter((one) => matches(asked, one)).slice(0, MOST).map((value) => ({ value, label: value }));
}

async function recordOptions(collection: string, asked: string): Promise<Option[]> {
  const { items } = await recordsOf(editor.tenant, collection, { q: asked, limit: MOST });
  return items.map(({ record }) => ({ value: String(record['id']), label: nameOfRecord(record) }));
}

/** People of the unit, by a part of the name or id. */
export async function peopleOptions(q: string, specialty = ''): Promise<Option[]> {
  const { items } = await ask<List<Person>>(['tenants', editor.tenant, 'people'], { query: { q } });
  return items.filter((one) => !specialty || one.specialty === specialty).map((one) => ({ value: one.id, label: words(one.name, one.id), kind: words(one.post) }));
}

/** The collection of which the neighbours are. */
export const collectionBeside = (beside: Beside): string => part(beside, 'collection');

async function fromCollections(pick: Pick, schema: Schema, beside: Beside, asked: string): Promise<Option[]> {
  if (schema['x-record'] === PERSON) return peopleOptions(asked);
  const all = await collectionsOf(editor.tenant);
  if (pick === 'collection') return all.map((one) => ({ value: one.name, label: words(one.title, one.name) }));
  const name = String(schema['x-record'] ?? part(beside, 'collection'));
  const collection = all.find((one) => one.name === name);
  if (!collection) return [];
  if (pick === 'index') return (collection.indexes ?? []).map(({ name: value, fields }) => ({ value, label: fieldNames(collection, fields) }));
  if (pick === 'member') return propertiesOf(collection).map(([value, one]) => ({ value, label: words(one.title, value) }));
  if (pick === 'value') return values(collection, part(beside, 'index'), asked);
  return recordOptions(name, asked);
}

export const fieldNames = (collection: Collection, fields: string[]): string => fields.map((field) => words(collection.schema?.properties?.[field]?.title, field)).join(' · ');

/** The options for what was typed. Who may not look at records is offered pages and blocks only. */
export async function optionsFor(pick: Pick, schema: Schema, beside: Beside, asked: string): Promise<Option[]> {
  if (pick === 'link') return links(asked);
  if (!editor.rights.includes('read_data')) return [];
  const found = await fromCollections(pick, schema, beside, asked);
  return pick === 'record' ? found : found.filter((one) => matches(asked, one.value, one.label)).slice(0, MOST);
}
