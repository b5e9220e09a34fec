// Undo and redo of one draft. A draft is a set of differences, so what a command did is what
// the set lost and gained; taking it back is a command as well, on top of what others did
// meanwhile. Kept for the browser's tab, so that it outlives a reload.
import type { Block, Verb } from './types.ts';

interface Step {
  lost: Verb[];
  gained: Verb[];
}

interface Kept {
  undo: Step[];
  redo: Step[];
}

const MOST = 100;

/** Of a verb all that counts: who said it and when does not. */
const bare = ({ by: _by, since: _since, ...verb }: Verb): Verb => verb;
const textOf = (verb: Verb): string => JSON.stringify(bare(verb));

function without(verbs: Verb[], others: Verb[]): Verb[] {
  const known = new Set(others.map(textOf));
  return verbs.filter((verb) => !known.has(textOf(verb)));
}

/** A draft, and where its blocks stand. */
export interface Standing {
  verbs: Verb[];
  blocks: Block[];
}

/** A verb that puts a block somewhere and names none to stand behind means the end, which is elsewhere by the time it is had
 *  back: here it names what its block stands behind. */
function placed({ verbs, blocks }: Standing): Verb[] {
  return verbs.map((verb) => {
    if (verb.into === undefined || verb.after !== undefined) return verb;
    const region = blocks.filter((block) => block.region === verb.into).map((block) => block.id);
    const at = region.indexOf(verb.block ?? '');
    return at < 0 ? verb : { ...verb, after: region[at - 1] ?? '' };
  });
}

/** Tokens and words are of the page. */
const blockOf = (verb: Verb): string => verb.block ?? 'page';
const partOf = (verb: Verb): string | undefined => verb.at ?? verb.name;

/** The command that makes the draft of now lose some verbs and gain others. */
export function towards(now: Verb[], lose: Verb[], gain: Verb[]): Verb[] {
  const blocks = [...new Set([...lose, ...gain].map(blockOf))];
  const said = blocks.filter((block) => now.some((verb) => blockOf(verb) === block));
  const isPlacedAnew = (one: Verb): boolean => one.into !== undefined && gain.some((verb) => verb.verb === one.verb && verb.block === one.block && verb.audience === one.audience);
  const kept = without(now, [...lose, ...gain]).filter((verb) => blocks.includes(blockOf(verb)) && !isPlacedAnew(verb));
  const then = [...kept.map(bare), ...gain];
  const adds = (verbs: Verb[], block: string): boolean => verbs.some((verb) => verb.verb === 'add' && verb.block === block);
  // A block of this layer is not restored but removed.
  const owner = (block: string): string => now.find((verb) => verb.verb === 'add' && verb.block === block)?.into?.split('/')[0] ?? '';
  const depth = (block: string): number => (said.includes(owner(block)) ? 1 + depth(owner(block)) : 0);
  said.sort((a, b) => depth(b) - depth(a)); // what stands in another goes first
  const taken = said.map((block) => ({ verb: adds(now, block) && !adds(then, block) ? 'remove' : 'restore', block }));
  return [...taken, ...then];
}

/** Verbs of one command: EDIT_MAX_COMMAND of the engine. */
const MOST_VERBS = 500;

/** A command in parts that the server takes, each of which can be done once those before it are. */
export function parts(verbs: Verb[]): Verb[][] {
  if (verbs.length <= MOST_VERBS) return [verbs];
  const adds = new Map(verbs.filter(({ verb }) => verb === 'add').map((verb) => [verb.block, verb]));
  const seen = new Set<Verb>();
  const placed: Verb[] = []; // a block behind what it stands in and after
  const place = (verb: Verb | undefined): void => {
    if (!verb || seen.has(verb)) return;
    seen.add(verb);
    place(adds.get(verb.into?.split('/')[0]));
    place(adds.get(verb.after));
    placed.push(verb);
  };
  adds.forEach(place);
  const takes = ({ verb }: Verb): boolean => verb === 'restore' || verb === 'remove';
  const ordered = [...verbs.filter(takes), ...placed, ...verbs.filter((verb) => !takes(verb) && !seen.has(verb))];
  return Array.from({ length: Math.ceil(ordered.length / MOST_VERBS) }, (_, i) => ordered.slice(i * MOST_VERBS, (i + 1) * MOST_VERBS));
}

export class History {
  #kept: Kept = { undo: [], redo: [] };
  readonly #name: string;

  constructor(name: string) {
    this.#name = name && `pinban.history/${name}`;
    try {
      this.#kept = JSON.parse(sessionStorage.getItem(this.#name) ?? '') as Kept;
    } catch {
      // nothing is kept yet
    }
  }

  get canUndo(): boolean {
    return this.#kept.undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#kept.redo.length > 0;
  }

  /** What a command did; only what it was about, when others changed the draft at the same time. */
  push(before: Standing, after: Standing, about?: Verb[]): void {
    const within = (verb: Verb, one: Verb): boolean => blockOf(one) === blockOf(verb) && (partOf(one) === undefined || partOf(one) === partOf(verb));
    const mine = (verb: Verb): boolean => !about || about.some((one) => within(verb, one));
    const [was, is] = [placed(before), placed(after)];
    const step = { lost: without(was, is).filter(mine).map(bare), gained: without(is, was).filter(mine).map(bare) };
    if (!step.lost.length && !step.gained.length) return;
    this.#kept = { undo: [...this.#kept.undo, step].slice(-MOST), redo: [] };
    this.#keep();
  }

  undo(now: Standing): Verb[] {
    const step = this.#kept.undo.pop();
    if (!step) return [];
    this.#kept.redo.push(step);
    this.#keep();
    return towards(placed(now), step.gained, step.lost);
  }

  redo(now: Standing): Verb[] {
    const step = this.#kept.redo.pop();
    if (!step) return [];
    this.#kept.undo.push(step);
    this.#keep();
    return towards(placed(now), step.lost, step.gained);
  }

  #keep(): void {
    if (this.#name) sessionStorage.setItem(this.#name, JSON.stringify(this.#kept));
  }
}
