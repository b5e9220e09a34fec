// A connector as a form: what it asks for, and where each member of a record stands in the answer.
import { propertiesOf } from '../collections.ts';
import type { Collection, Json, Mistake, Schema } from '../types.ts';

export interface Connector {
  id: string;
  title?: { zh?: string; en?: string };
  collection: string;
  url: string;
  rows: string;
  map: { [member: string]: string | { value: Json } };
  key?: string;
  mode?: 'replace' | 'merge';
  errors?: 'refuse' | 'skip';
  schedule: string;
  zone?: string;
  missed?: 'run' | 'skip';
  header?: { name: string };
  job: string;
}

export type From = '' | 'row' | 'value'; // nothing, a field of the row, always the same

export interface Member {
  name: string;
  from: From;
  text: string;
  value?: Json; // what was always there, until the text is another one
}

export interface Draft {
  id: string;
  isNew: boolean;
  title: { zh: string; en: string };
  collection: string;
  url: string;
  rows: string;
  members: Member[];
  schedule: string;
  header: { name: string; value: string };
  skip: boolean; // rows that are wrong, and take the others in
  merge: boolean; // what the answer does not say stays
  others: Partial<Connector>; // what the form does not show
  before: string; // what the server has, as text
}

/** What a source sends, and what would become of it; or where lists stand in its answer. */
export interface Tried {
  rows?: number;
  bad?: number;
  errors?: Mistake[];
  sample?: Json[];
  records?: { [member: string]: Json }[];
  lists?: string[];
}

/** Where values stand in the rows of a source, as one types them: "reading/now". */
export function placesIn(rows: Json[]): string[] {
  const places = new Set<string>();
  const walk = (value: Json, at: string): void => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, `${at && `${at}/`}${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    } else if (at) places.add(at);
  };
  for (const row of rows) walk(row, '');
  return [...places];
}

/** "reading/now" and "/reading/now" mean the same to people. */
export const pointerOf = (text: string): string => {
  const trimmed = text.trim();
  return !trimmed || trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
};

const isNumber = ({ type }: Schema): boolean => type === 'number' || type === 'integer';

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What was typed, as the member wants it. */
function constant({ text, value }: Member, schema: Schema | undefined): Json {
  if (value !== undefined && text === textOf(value)) return value;
  if (schema && isNumber(schema) && text.trim() && Number.isFinite(Number(text))) return Number(text);
  if (schema?.type === 'boolean') return text.trim() === 'true';
  return text;
}

/** A line for each member of the collection, and for what else is said; what must be there comes from a field of the same name until one says otherwise. */
export function membersOf(collection: Collection | undefined, map?: Connector['map']): Member[] {
  const required = collection?.schema?.required ?? [];
  const names = [...propertiesOf(collection).map(([name]) => name), ...Object.keys(map ?? {})];
  return [...new Set(names)].map((name) => {
    const said = map?.[name];
    if (typeof said === 'string') return { name, from: 'row', text: said };
    if (said) return { name, from: 'value', text: textOf(said.value), value: said.value };
    return !map && required.includes(name) ? { name, from: 'row', text: `/${name}` } : { name, from: '', text: '' };
  });
}

export const newDraft = (): Draft => ({
  id: '', isNew: true, title: { zh: '', en: '' }, collection: '', url: 'https://', rows: '', members: [], schedule: '*/15 * * * *',
  header: { name: '', value: '' }, skip: false, merge: false, others: {}, before: '',
});

export function draftOf(one: Connector, collection: Collection | undefined): Draft {
  const { key, zone, missed } = one;
  const draft = {
    id: one.id, isNew: false, title: { zh: one.title?.zh ?? '', en: one.title?.en ?? '' }, collection: one.collection, url: one.url, rows: one.rows,
    members: membersOf(collection, one.map), schedule: one.schedule, header: { name: one.header?.name ?? '', value: '' },
    skip: one.errors === 'skip', merge: one.mode === 'merge', others: { ...(key && { key }), ...(zone && { zone }), ...(missed && { missed }) },
  };
  return { ...draft, before: JSON.stringify(contentOf(draft, collection)) };
}

export const isChanged = (draft: Draft, collection?: Collection): boolean => JSON.stringify(contentOf(draft, collection)) !== draft.before;

export function contentOf(draft: Omit<Draft, 'before'>, collection?: Collection): Omit<Connector, 'id' | 'job'> {
  const schemas = collection?.schema?.properties ?? {};
  const said = draft.members.filter(({ from, text }) => from && (from === 'value' || text.trim()));
  const map = Object.fromEntries(said.map((one) => [one.name, one.from === 'row' ? pointerOf(one.text) : { value: constant(one, schemas[one.name]) }]));
  const title = { ...(draft.title.zh.trim() && { zh: draft.title.zh.trim() }), ...(draft.title.en.trim() && { en: draft.title.en.trim() }) };
  const header = draft.header.name.trim() && { header: { name: draft.header.name.trim(), ...(draft.header.value && { value: draft.header.value }) } };
  return {
    ...draft.others, ...(Object.keys(title).length && { title }), collection: draft.collection, url: draft.url.trim(), rows: pointerOf(draft.rows), map,
    schedule: draft.schedule.trim(), ...header, errors: draft.skip ? 'skip' : 'refuse', mode: draft.merge ? 'merge' : 'replace',
  };
}
