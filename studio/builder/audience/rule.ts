// A rule as the server keeps it (docs/tenants.md), and as people build it: groups of conditions. What is neither stays as it
// was written.
import type { Json } from '../types.ts';

export const attributes = ['subtree', 'tenant', 'specialty', 'post', 'group', 'tag', 'grade', 'joined', 'person', 'audience'] as const;
export type Attribute = (typeof attributes)[number];
export type Mode = 'all' | 'any';

export interface Condition {
  kind: 'condition';
  key: number;
  not: boolean;
  attribute: Attribute;
  values: string[]; // any of them will do
  from: string; // of a range, both included; empty: open
  to: string;
}

export interface Group {
  kind: 'group';
  key: number;
  not: boolean;
  mode: Mode;
  items: Item[];
}

export interface Written {
  kind: 'written';
  key: number;
  rule: Json;
}

export type Item = Condition | Group | Written;

/** Rules in rules, as deep as one builds them. */
export const MOST_DEPTH = 4;

let keys = 0;

export const isRange = (attribute: Attribute): boolean => attribute === 'grade' || attribute === 'joined';
export const newCondition = (attribute: Attribute = 'post'): Condition => ({ kind: 'condition', key: ++keys, not: false, attribute, values: [], from: '', to: '' });
export const newGroup = (mode: Mode = 'all', items: Item[] = []): Group => ({ kind: 'group', key: ++keys, not: false, mode, items });

// ---- from a rule ----

const isObject = (value: Json | undefined): value is { [name: string]: Json } => !!value && typeof value === 'object' && !Array.isArray(value);
const isAttribute = (name: string): name is Attribute => (attributes as readonly string[]).includes(name);

/** A value or a range, each edge as its field shows it. */
function rangeOf(value: Json): Pick<Condition, 'from' | 'to'> | undefined {
  const edge = (one: Json | undefined): string | undefined => (one === undefined ? '' : typeof one === 'string' || typeof one === 'number' ? String(one) : undefined);
  const [from, to] = isObject(value) ? [edge(value['from']), edge(value['to'])] : [edge(value), edge(value)];
  return from === undefined || to === undefined || (!from && !to) ? undefined : { from, to };
}

function conditionOf(attribute: Attribute, value: Json): Condition | undefined {
  if (isRange(attribute)) {
    const range = rangeOf(value);
    return range && { ...newCondition(attribute), ...range };
  }
  const values = Array.isArray(value) ? value : [value];
  return values.every((one) => typeof one === 'string') ? { ...newCondition(attribute), values: [...new Set(values as string[])] } : undefined;
}

function read(rule: Json): Item | undefined {
  const [[name, value] = ['', null], ...more] = isObject(rule) ? Object.entries(rule) : [];
  if (more.length || value === null) return undefined;
  if ((name === 'all' || name === 'any') && Array.isArray(value)) return newGroup(name, value.map(itemOf));
  if (name === 'not') {
    const inner = read(value);
    return inner && inner.kind !== 'written' && !inner.not ? { ...inner, not: true } : undefined;
  }
  return isAttribute(name) ? conditionOf(name, value) : undefined;
}

const itemOf = (rule: Json): Item => read(rule) ?? { kind: 'written', key: ++keys, rule };

/** What is built starts with a group. */
export function groupOf(rule: Json): Group {
  const item = itemOf(rule);
  return item.kind === 'group' && !item.not ? item : newGroup('all', [item]);
}

// ---- to a rule ----

/** A condition without a value says nothing yet; so does a group of such. */
export function isBlank(item: Item): boolean {
  if (item.kind === 'group') return item.items.every(isBlank);
  return item.kind === 'condition' && !item.values.length && !item.from && !item.to;
}

export const hasBlank = (item: Item): boolean => (item.kind === 'group' && item.items.length ? item.items.some(hasBlank) : isBlank(item));

/** Which item stands where in the rule, by JSON pointer. */
export type Places = Map<string, number>;

function valueOf({ attribute, values, from, to }: Condition): Json {
  if (!isRange(attribute)) return values.length === 1 ? (values[0] ?? '') : values;
  const edge = (text: string): Json => (attribute === 'grade' ? Number(text) : text);
  return from === to ? edge(from) : { ...(from && { from: edge(from) }), ...(to && { to: edge(to) }) };
}

function inner(item: Condition | Group, at: string, places: Places): Json {
  if (item.kind === 'condition') return { [item.attribute]: valueOf(item) };
  const items = item.items.filter((one) => !isBlank(one));
  return { [item.mode]: items.map((one, i) => written(one, `${at}/${item.mode}/${i}`, places)) };
}

function written(item: Item, at: string, places: Places): Json {
  places.set(at, item.key);
  if (item.kind === 'written') return item.rule;
  return item.not ? { not: inner(item, `${at}/not`, places) } : inner(item, at, places);
}

/** Without what says nothing yet; a group of one is that one. */
export function ruleOf(group: Group, places: Places = new Map()): Json {
  const [only, ...more] = group.items.filter((one) => !isBlank(one));
  return only && !more.length ? written(only, '', places) : written(group, '', places);
}

/** The key of what a mistake is about: the nearest around the place that it names. */
export function keyAt(places: Places, where: string): number | undefined {
  for (let at = where; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const key = places.get(at);
    if (key !== undefined || !at) return key;
  }
}
