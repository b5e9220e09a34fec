// Where in the studio one is: the address says it, else where one was last in this tab, else the first unit that one may edit.
import type { Grant } from './types.ts';

export interface Place {
  tenant: string;
  layer: string; // of no use where records are open
  collection: string | undefined; // the records room is open, at this one
}

const PLACE = 'pinban.place';
const NAMES = /^[\w-]+\/[\w:-]+$/;

export const remembered = (): string => location.hash || (sessionStorage.getItem(PLACE) ?? '');

export function remember({ tenant, layer }: { tenant: string; layer: string }): void {
  // The page asks for it at once.
  if (NAMES.test(`${tenant}/${layer}`)) document.cookie = `studio-place=${tenant}/${layer}; Path=/studio; Max-Age=31536000; SameSite=Lax`;
  sessionStorage.setItem(PLACE, `#/${encodeURIComponent(tenant)}/${encodeURIComponent(layer)}`);
}

/** #/UNIT/LAYER, or #/UNIT/data/COLLECTION. */
export function placeOf(hash: string, grants: Grant[]): Place | undefined {
  const [, asked, place, collection] = hash.split('/').map(decodeURIComponent);
  const first = grants.find((grant) => grant.rights.includes('edit_layer')) ?? grants[0];
  const tenant = asked || first?.id;
  const open = place === 'data' ? collection : undefined;
  if (!tenant) return undefined;
  return { tenant, layer: place && open === undefined ? place : first?.specialty ? `home:${first.specialty}` : 'home', collection: open };
}
