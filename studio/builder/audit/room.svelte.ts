// What was done with the records of the unit, as far as it was asked for.
import { ask, type Problem } from '../api.ts';
import { editor } from '../model.svelte.ts';
import { day } from '../text.ts';
import type { AuditEntry, List } from '../types.ts';

export const PERIODS = [1, 7, 30, 180] as const; // days

const DAY_MS = 24 * 60 * 60 * 1000;

/** The day begins where one looks. */
function since(days: number): string {
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return new Date(today.getTime() - (days - 1) * DAY_MS).toISOString();
}

class Room {
  period = $state<number>(7); // of PERIODS
  person = $state('');
  touched = $state(''); // a collection, or a record of one
  entries = $state.raw<AuditEntry[]>();
  next = $state('');
  loading = $state(false);
  problem = $state.raw<Problem>();
  #asked = 0;
  #tenant = '';

  /** The newest first, as they come. */
  readonly days = $derived.by(() => {
    const found: { date: string; entries: AuditEntry[] }[] = [];
    for (const entry of this.entries ?? []) {
      const date = day(entry.at);
      if (found.at(-1)?.date === date) found.at(-1)?.entries.push(entry);
      else found.push({ date, entries: [entry] });
    }
    return found;
  });
  readonly isNarrowed = $derived(!!this.person || !!this.touched);

  /** Of everything, or of that record alone since it is known. */
  enter(touched: string): void {
    if (this.#tenant !== editor.tenant || touched) this.person = '';
    if (touched) this.period = 180;
    this.touched = touched;
    this.entries = undefined;
    this.#tenant = editor.tenant;
  }

  /** The newest, or with `more` those before what is shown. A list may be empty and go on. */
  async read(more = false): Promise<void> {
    const mine = ++this.#asked;
    const query = { from: since(this.period), person: this.person, touched: this.touched, limit: 50 };
    this.loading = true;
    this.problem = undefined;
    try {
      let after = more ? this.next : '';
      let found: AuditEntry[] = [];
      do {
        const page = await ask<List<AuditEntry>>(['tenants', editor.tenant, 'audit'], { query: { ...query, after } });
        if (mine !== this.#asked) return;
        found = [...found, ...page.items];
        after = page.next ?? '';
      } while (after && !found.length);
      this.entries = more ? [...(this.entries ?? []), ...found] : found;
      this.next = after;
    } catch (error) {
      if (mine !== this.#asked) return;
      this.problem = error as Problem;
    }
    this.loading = false;
  }
}

export const room = new Room();
