// Two changes of one record: what both changed, and the record with what each changed alone.
import type { Content, Json, Row } from '../types.ts';

export interface Clash {
  theirs: Row;
  mine: Content;
  places: { member: string; mine: Json | undefined; theirs: Json | undefined }[];
}

const same = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
const membersOf = (...contents: Content[]): string[] => [...new Set(contents.flatMap(Object.keys))];

export function clash(base: Content, mine: Content, theirs: Content): Clash['places'] {
  return membersOf(base, mine, theirs)
    .filter((member) => !same(mine[member], theirs[member]) && !same(base[member], mine[member]) && !same(base[member], theirs[member]))
    .map((member) => ({ member, mine: mine[member], theirs: theirs[member] }));
}

/** Theirs, with what I changed in it. */
export function joined(base: Content, mine: Content, theirs: Content): Content {
  const whole = { ...theirs };
  for (const member of membersOf(base, mine)) {
    const value = mine[member];
    if (same(base[member], value)) continue;
    if (value === undefined) delete whole[member];
    else whole[member] = value;
  }
  return whole;
}
