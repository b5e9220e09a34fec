// How many people of a unit use what: as the server counts it, and what follows from it.
import { ask, type Problem } from '../api.ts';
import { editor } from '../model.svelte.ts';
import type { Usage, UsageDay } from '../types.ts';

export const PERIODS = [7, 30, 90] as const; // days

const AGAIN_MS = 15_000;

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
  /** What was published, and where its day stands among the days. */
  readonly published = $derived((this.usage?.published ?? []).map((one) => {
    const at = this.days.findIndex(({ day }) => day === one.day);
    const after = at < 0 ? [] : this.days.slice(at + 1, -1).slice(0, SIDE);
    return { ...one, at, before: mean(this.days.slice(Math.max(0, at - SIDE), Math.max(0, at))), after: mean(after) };
  }));

  enter(tenant: string): void {
    if (this.tenant !== tenant) this.usage = undefined;
    this.tenant = tenant;
  }

  /** Anew now and then, as long as one looks: what cannot be had then is asked for the next time. */
  watch(): () => void {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && this.usage && !this.loading) void this.read(true);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }

  async read(again = false): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    if (!again) this.problem = undefined;
    try {
      const usage = await ask<Usage>(['tenants', this.tenant || editor.tenant, 'usage'], { query: { days: this.period } });
      if (mine !== this.#asked) return;
      this.usage = usage;
      this.problem = undefined;
    } catch (error) {
      if (mine !== this.#asked) return;
      if (!again) this.problem = error as Problem;
    }
    this.loading = false;
  }
}

export const room = new Room();
