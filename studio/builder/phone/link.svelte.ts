// The link to the draft that a phone opens. Kept for the browser's tab, so that a reload does not lose sight of it.
import { ask, send } from '../api.ts';
import { editor } from '../model.svelte.ts';

interface Link {
  id: string;
  path: string;
  until: string;
  of: string; // the draft, and how it is looked at
}

const KEPT = 'pinban.phone';

function kept(): Link | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Link ?? undefined;
  } catch {
    return undefined;
  }
}

function linksOf(of: string): string[] {
  const [unit = '', layer = ''] = JSON.parse(of) as string[];
  return ['tenants', unit, 'layers', layer, 'draft', 'links'];
}

class Phone {
  link = $state.raw<Link | undefined>(kept());
  #turn: Promise<void> = Promise.resolve();

  /** As whom and how the canvas shows it. */
  get look(): Record<string, string> {
    const { person, tenant, lang, scheme, size, at } = editor.look;
    const theme = editor.isTheme ? editor.layer : '';
    return Object.fromEntries(Object.entries({ person, tenant, lang, scheme, size, theme, at }).filter(([, value]) => value));
  }

  /** The draft of a look is seen on the home page. */
  get #of(): string {
    const layer = editor.isTheme ? editor.layer.replace('theme', 'home') : editor.layer;
    return JSON.stringify([editor.tenant, layer, this.look]);
  }

  #keep(link: Link | undefined): void {
    this.link = link;
    if (link) sessionStorage.setItem(KEPT, JSON.stringify(link));
    else sessionStorage.removeItem(KEPT);
  }

  /** One thing after the other, or a link would be made that nobody knows of and nobody can end. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** The one of this draft and look that still works, else a new one; then the former ends. */
  open(anew = false): Promise<void> {
    return this.#inTurn(() => this.#open(anew));
  }

  async #open(anew: boolean): Promise<void> {
    const old = this.link;
    if (!anew && old && old.of === this.#of && new Date(old.until) > new Date()) return;
    const of = this.#of;
    const made = await ask<Link>(linksOf(of), { method: 'POST', body: this.look });
    this.#keep({ ...made, of });
    if (old) await this.#end(old).catch(() => {}); // it may have ended by itself
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  async #close(): Promise<void> {
    const old = this.link;
    this.#keep(undefined);
    if (old) await this.#end(old).catch(() => {});
  }

  async #end({ id, of }: Link): Promise<void> {
    await send([...linksOf(of), id], { method: 'DELETE' });
  }
}

export const phone = new Phone();
