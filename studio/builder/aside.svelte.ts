// Differences of the layer that do not count. One may keep them, for the day when the level above
// brings the block back or takes its lock away, or drop them. What is kept is remembered in this
// browser: it changes nothing but how much of it stands out.
import { untrack } from 'svelte';
import { editor } from './model.svelte.ts';
import { t } from './text.ts';
import type { Check, Origin, Verb } from './types.ts';

export interface Aside {
  block: string;
  code: string;
  verbs: Verb[];
  by?: Origin | undefined; // who locked it
  isNew: boolean; // the draft says it, the published layer does not
}

class Asides {
  all = $state.raw<Aside[]>([]);
  #kept = $state.raw<string[]>([]);
  #asked = 0;

  /** Those that nobody decided about. */
  readonly open = $derived(this.all.filter((group) => !this.isKept(group)));

  /** What the list depends on: it is asked for again when that changes. */
  get #cause(): string {
    const issues = editor.preview?.issues.filter((issue) => editor.isMine(issue.by)) ?? [];
    const blocks = new Set(issues.map((issue) => issue.block));
    return JSON.stringify([editor.place, editor.draft?.revision, issues, editor.draft?.verbs.filter((verb) => blocks.has(verb.block ?? 'page'))]);
  }

  /** To be called once. */
  start(): void {
    const cause = $derived(this.#cause);
    $effect(() => {
      void cause;
      untrack(() => this.#read()).catch((error: unknown) => editor.fail(error));
    });
  }

  get #name(): string {
    return `pinban.kept/${editor.place}`;
  }

  async #read(): Promise<void> {
    const asked = ++this.#asked;
    const issues = editor.preview?.issues.filter((issue) => editor.isMine(issue.by)) ?? [];
    const check = issues.length ? await editor.ask<Check>(['draft', 'check'], { method: 'POST' }) : undefined;
    if (asked !== this.#asked) return;
    const groups = new Map<string, Aside>();
    for (const { code, block, verb, published } of check?.issues ?? []) {
      if (!verb) continue; // of colours that cannot be read
      const by = issues.find((issue) => issue.block === block && issue.lock)?.lock;
      const group = groups.get(block) ?? { block, code, verbs: [], by, isNew: false };
      groups.set(block, { ...group, verbs: [...group.verbs, verb], isNew: group.isNew || !published });
    }
    this.#kept = JSON.parse(localStorage.getItem(this.#name) ?? '[]') as string[];
    this.all = [...groups.values()];
  }

  #key(group: Aside): string {
    return JSON.stringify([group.code, group.verbs.map(({ by: _by, since: _since, ...verb }) => verb)]);
  }

  isKept(group: Aside): boolean {
    return !group.isNew && this.#kept.includes(this.#key(group));
  }

  keep(group: Aside, kept: boolean): void {
    const others = this.#kept.filter((key) => key !== this.#key(group));
    this.#kept = kept ? [...others, this.#key(group)] : others;
    localStorage.setItem(this.#name, JSON.stringify(this.#kept));
  }

  async drop(group: Aside): Promise<void> {
    if (await editor.drop(group.verbs)) editor.tell(t('issue_dropped'), false, () => editor.undo());
  }
}

export const aside = new Asides();
