// What the unit calls the values of its people's attributes: as the server has it, and as it is typed.
import { ask, type Problem } from '../api.ts';
import { editor } from '../model.svelte.ts';
import { forgetTerms } from '../terms.svelte.ts';
import type { List, Terms } from '../types.ts';

export const ATTRIBUTES = ['specialty', 'group', 'tag'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

interface OwnTerms {
  own: Terms;
  above: Terms;
}

interface Counted {
  value: string;
  people: number;
}

/** A value as it stands in people's records, and its names as they are typed; without any it is called as above. */
export interface Line {
  value: string;
  people: number;
  zh: string;
  en: string;
  above: { zh?: string; en?: string };
}

/** Those that people have; whoever may not count people sees those that have names. */
const valuesOf = (attribute: Attribute): Promise<Counted[]> => ask<List<Counted>>(['tenants', editor.tenant, 'attributes', attribute]).then(
  ({ items }) => items,
  (error: Problem) => (error.status === 403 ? [] : Promise.reject(error)),
);

class Room {
  lines = $state<Record<Attribute, Line[]>>();
  saving = $state(false);
  problem = $state.raw<Problem>(); // of looking
  refused = $state.raw<Problem>(); // of saving
  #before: Terms = {};
  #asked = 0;

  readonly mayName = $derived(editor.rights.includes('grant'));
  readonly patch = $derived.by(() => {
    const patch: { [attribute: string]: { [value: string]: { zh: string; en: string | null } | null } } = {};
    for (const attribute of ATTRIBUTES) {
      for (const { value, ...line } of this.lines?.[attribute] ?? []) {
        const before = this.#before[attribute]?.[value];
        const [zh, en] = [line.zh.trim(), line.en.trim()];
        if (zh === (before?.zh ?? '') && en === (before?.en ?? '')) continue;
        (patch[attribute] ??= {})[value] = zh || en ? { zh: zh || line.above.zh || value, en: en || null } : null;
      }
    }
    return patch;
  });
  readonly isChanged = $derived(Object.keys(this.patch).length > 0);

  async read(): Promise<void> {
    const mine = ++this.#asked;
    this.problem = this.refused = this.lines = undefined;
    try {
      const [terms, ...found] = await Promise.all([
        ask<OwnTerms>(['tenants', editor.tenant, 'terms']),
        ...ATTRIBUTES.map(valuesOf),
      ]);
      if (mine !== this.#asked) return;
      this.#before = terms.own;
      this.lines = Object.fromEntries(ATTRIBUTES.map((attribute, i) => [attribute, linesOf(attribute, terms, found[i] ?? [])])) as Record<Attribute, Line[]>;
    } catch (error) {
      if (mine === this.#asked) this.problem = error as Problem;
    }
  }

  async save(): Promise<boolean> {
    this.saving = true;
    this.refused = undefined;
    try {
      await ask(['tenants', editor.tenant, 'terms'], { method: 'PATCH', body: this.patch });
      forgetTerms();
      await this.read();
    } catch (error) {
      this.refused = error as Problem;
    }
    this.saving = false;
    return !this.refused;
  }
}

/** Values that people have, those of most first, and then those that only have a name. */
function linesOf(attribute: Attribute, { own, above }: OwnTerms, found: Counted[]): Line[] {
  const people = new Map(found.map((one) => [one.value, one.people]));
  const values = new Set([...people.keys(), ...Object.keys(own[attribute] ?? {}), ...Object.keys(above[attribute] ?? {})]);
  return [...values].map((value) => ({
    value, people: people.get(value) ?? 0, zh: own[attribute]?.[value]?.zh ?? '', en: own[attribute]?.[value]?.en ?? '', above: above[attribute]?.[value] ?? {},
  }));
}

export const room = new Room();
