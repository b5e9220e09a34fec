// How many people of a unit use what: as the server counts it, and what follows from it.
import { ask, type Problem } from '../api.ts';
import { editor } from '../model.svelte.ts';
import type { Usage, UsageDay } from '../types.ts';

export const PERIODS = [7, 30, 90] as const; // days

/** Whole days on each side of a publishing. */
const SIDE = 7;

const mean = (days: UsageDay[]): number | undefined => (days.length < SIDE ? undefined : days.reduce((sum, { people }) => sum + people, 0) / SIDE);

class Room {
  tenant = $state('');
  period = $state<number>(30); // of PERIODS
  usage = $state.raw<Usage>();
  loading = $state(false);
  problem = $state.raw<Problem>();
  #asked = 0;

  /** The last goes on. */
  readonly days = $derived(this.usage?.days ?? []);
  readonly most = $derived(Math.max(1, ...this.days.map(({ people }) => people)));
  /** By day of this browser's clock, what was published. */
  readonly published = $derived((this.usage?.published ?? []).map((one) => {
    const at = this.days.findIndex(({ day }) => day === localDay(one.published_at ?? ''));
    const after = at < 0 ? [] : this.days.slice(at + 1, -1).slice(0, SIDE);
    return { ...one, at, before: mean(this.days.slice(Math.max(0, at - SIDE), Math.max(0, at))), after: mean(after) };
  }));

  enter(tenant: string): void {
    if (this.tenant !== tenant) this.usage = undefined;
    this.tenant = tenant;
  }

  async read(): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    this.problem = undefined;
    try {
      const usage = await ask<Usage>(['tenants', this.tenant || editor.tenant, 'usage'], { query: { days: this.period } });
      if (mine !== this.#asked) return;
      this.usage = usage;
    } catch (error) {
      if (mine !== this.#asked) return;
      this.problem = error as Problem;
    }
    this.loading = false;
  }
}

/** "2026-11-22T17:30:00Z" is the 23rd in Shanghai. */
function localDay(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

export const room = new Room();
