// Who may what in the unit: the roles that were given there and above, and the giving and taking of them.
import { ask, type Problem } from '../api.ts';
import { editor } from '../model.svelte.ts';
import type { List, Words } from '../types.ts';

export const ROLES = ['administrator', 'publisher', 'designer', 'editor', 'employee'] as const;
export type Role = (typeof ROLES)[number];

interface About {
  home: string;
  person: string;
  role: Role;
  tenant: string;
  specialty?: string;
  name?: Words; // without it she is gone
}

export interface Held extends About {
  id: string;
  post?: Words;
  inherited: boolean;
}

export interface GrantEvent extends About {
  what: 'granted' | 'revoked';
  at: string;
  grant: string;
  by: string;
  by_name?: Words;
  reason: string;
}

export interface Giving {
  person: string;
  role: Role;
  specialty: string; // empty: for all
  reason: string;
}

class Room {
  held = $state.raw<Held[]>();
  events = $state.raw<GrantEvent[]>();
  next = $state(''); // where the events go on
  busy = $state(false);
  problem = $state.raw<Problem>(); // of looking
  refused = $state.raw<Problem>(); // of what was asked last

  readonly mayGive = $derived(editor.rights.includes('grant'));
  /** A role's holders stand together, the mightiest first. */
  readonly byRole = $derived(ROLES.map((role) => ({ role, all: (this.held ?? []).filter((one) => one.role === role) })).filter(({ all }) => all.length));

  #path = (...more: string[]): string[] => ['tenants', editor.tenant, 'grants', ...more];

  async read(): Promise<void> {
    this.problem = undefined;
    try {
      this.held = (await ask<List<Held>>(this.#path())).items;
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  /** The newest, or with `more` those before what is shown. */
  async readEvents(more = false): Promise<void> {
    try {
      const page = await ask<List<GrantEvent>>(this.#path('history'), { query: { limit: 50, after: more ? this.next : '' } });
      this.events = more ? [...(this.events ?? []), ...page.items] : page.items;
      this.next = page.next ?? '';
    } catch (error) {
      editor.fail(error);
    }
  }

  enter(): void {
    this.held = this.events = this.refused = undefined;
    void this.read();
  }

  async #change(change: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.refused = undefined;
    try {
      await change();
    } catch (error) {
      this.refused = error as Problem;
    }
    this.busy = false;
    await this.read();
    if (this.events) await this.readEvents();
    return !this.refused;
  }

  give({ specialty, ...rest }: Giving): Promise<boolean> {
    return this.#change(() => ask(this.#path(), { method: 'POST', body: { ...rest, ...(specialty && { specialty }) } }));
  }

  take(held: Held, reason: string): Promise<boolean> {
    return this.#change(() => ask(this.#path(held.id), { method: 'DELETE', query: { reason } }));
  }
}

export const room = new Room();
