// Undo and redo of one draft. A draft is a set of differences, so what a command did is what
// the set lost and gained; taking it back is a command as well. Kept for the browser's tab,
// so that it outlives a reload.
import type { Verb } from './types.ts';

interface Step {
  before: Verb[];
  after: Verb[];
}

interface Kept {
  undo: Step[];
  redo: Step[];
}

const MOST = 100;

/** Of a verb all that counts: who said it and when does not. */
const bare = ({ by: _by, since: _since, ...verb }: Verb): Verb => verb;
const same = (a: Verb, b: Verb): boolean => JSON.stringify(bare(a)) === JSON.stringify(bare(b));

/** Tokens and words are of the page. */
const blockOf = (verb: Verb): string => verb.block ?? 'page';

/** The verbs about those blocks that two drafts differ in. */
function difference(before: Verb[], after: Verb[]): Step {
  const changed = [...before.filter((verb) => !after.some((other) => same(verb, other))), ...after.filter((verb) => !before.some((other) => same(verb, other)))];
  const blocks = new Set(changed.map(blockOf));
  return { before: before.filter((verb) => blocks.has(blockOf(verb))).map(bare), after: after.filter((verb) => blocks.has(blockOf(verb))).map(bare) };
}

/** The command that leads from one side of a step to the other. */
function towards(from: Verb[], to: Verb[]): Verb[] {
  const blocks = [...new Set([...from, ...to].map(blockOf))];
  const said = blocks.filter((block) => from.some((verb) => blockOf(verb) === block));
  return [...said.map((block) => ({ verb: 'restore', block })), ...to];
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

  push(before: Verb[], after: Verb[]): void {
    const step = difference(before, after);
    if (!step.before.length && !step.after.length) return;
    this.#kept = { undo: [...this.#kept.undo, step].slice(-MOST), redo: [] };
    this.#keep();
  }

  undo(): Verb[] {
    const step = this.#kept.undo.pop();
    if (!step) return [];
    this.#kept.redo.push(step);
    this.#keep();
    return towards(step.after, step.before);
  }

  redo(): Verb[] {
    const step = this.#kept.redo.pop();
    if (!step) return [];
    this.#kept.undo.push(step);
    this.#keep();
    return towards(step.before, step.after);
  }

  #keep(): void {
    if (this.#name) sessionStorage.setItem(this.#name, JSON.stringify(this.#kept));
  }
}
