// What the people of a unit are called, by their ids: asked once for each.
import { ask } from './api.ts';
import type { List, Person } from './types.ts';

const MOST = 100; // at once

const kept = new Map<string, Map<string, Person | undefined>>(); // by unit; without a person: there is none of that id

/** Those of `ids` that there are. Whom one may not be told of is not there. */
export async function peopleOf(tenant: string, ids: string[]): Promise<Map<string, Person>> {
  const known = kept.get(tenant) ?? new Map<string, Person | undefined>();
  kept.set(tenant, known);
  const asked = [...new Set(ids)].filter((id) => id && !known.has(id));
  for (let at = 0; at < asked.length; at += MOST) {
    const some = asked.slice(at, at + MOST);
    const told = await ask<List<Person>>(['tenants', tenant, 'people'], { query: { ids: some.join(',') } }).catch(() => undefined);
    for (const id of told ? some : []) known.set(id, told?.items.find((one) => one.id === id)); // what failed is asked again
  }
  return new Map([...known].filter((one): one is [string, Person] => ids.includes(one[0]) && !!one[1]));
}
