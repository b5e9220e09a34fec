// A drag that goes on in another page: what is dragged is put down there, then taken out of the page it was in. In between it
// stands in both, so that nothing is lost.
import { tick } from 'svelte';
import { ask } from './api.ts';
import { drag, type Carried } from './drag.svelte.ts';
import { History } from './history.ts';
import { editor } from './model.svelte.ts';
import { pages } from './pages.ts';
import { newKey } from './queue.ts';
import { t } from './text.ts';
import type { Draft } from './types.ts';

class Taken implements Carried {
  readonly name: string;
  readonly #home = { tenant: editor.tenant, layer: editor.layer, place: editor.place };
  readonly #draft = editor.draft as Draft;
  readonly #copied;

  constructor(readonly block: string) {
    this.name = editor.nameOf(block);
    this.#copied = editor.copied(block);
  }

  get isHome(): boolean {
    return editor.place === this.#home.place;
  }

  async putDown(region: string, after: string): Promise<boolean> {
    const verbs = editor.copyOf(this.#copied, region, after);
    if (!(await editor.run(verbs))) return false;
    editor.selected = [verbs[0]?.block ?? ''];
    try {
      await this.#takeOut();
      editor.tell(t('carried', { name: this.name }), false, () => this.#bringBack());
    } catch {
      editor.tell(t('carried_stays', { name: this.name }), true);
    }
    return true;
  }

  async #takeOut(): Promise<void> {
    const { tenant, layer, place } = this.#home;
    const { version, verbs } = this.#draft;
    const body = { base: version, verbs: [{ verb: 'remove', block: this.block }] };
    const after = await ask<Draft>(['tenants', tenant, 'layers', layer, 'draft', 'commands'], { method: 'POST', key: newKey(), body });
    new History(place).push({ verbs, blocks: [] }, { verbs: after.verbs, blocks: [] }, after.version === version + 1 ? undefined : body.verbs);
  }

  async #bringBack(): Promise<void> {
    await editor.undo();
    await editor.open(this.#home.tenant, this.#home.layer);
    await editor.undo();
  }
}

/** Of one that stands: who wants it to stay, if anybody does. */
const keeper = (block: string): string | undefined => ['required', 'fixed', 'sealed'].map((kind) => editor.lockOn(block, kind)).find((unit) => unit);

let opening: { page: string; done: Promise<boolean> } | undefined;

/** Opens a page under what is dragged. False: it stays where it is, or was given up meanwhile. */
export function carry(page: string): Promise<boolean> {
  if (opening?.page === page) return opening.done;
  const done = open(page).finally(() => (opening = undefined));
  opening = { page, done };
  return done;
}

async function open(page: string): Promise<boolean> {
  const { payload } = drag;
  if (!payload || page === editor.page) return false;
  const unit = payload.block && keeper(payload.block);
  if (unit) {
    editor.tell(t('block_stays', { unit }), true);
    return false;
  }
  const carried = payload.block ? new Taken(payload.block) : (payload.carried as Taken | undefined);
  if (carried) drag.payload = { carried };
  await editor.open(editor.tenant, editor.specialty ? `${page}:${editor.specialty}` : page);
  await tick();
  while (drag.loading) await new Promise(requestAnimationFrame);
  if (!drag.payload) return false;
  if (carried?.isHome) drag.payload = { block: carried.block };
  return true;
}

/** Turns to the next page or the one before: its title, or nothing where that cannot be. */
export async function carryOn(by: number): Promise<string> {
  const all = await pages();
  const next = all.at((all.findIndex(({ page }) => page === editor.page) + by) % all.length);
  return next && (await carry(next.page)) ? next.title : '';
}
