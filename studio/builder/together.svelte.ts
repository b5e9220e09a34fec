// Who else has the layer open, and the revision that waits. The studio asks every few seconds while
// its window is looked at; what others did to the draft is taken over as soon as nothing of one's
// own is on its way, so neither loses an edit.
import { Problem } from './api.ts';
import { editor } from './model.svelte.ts';
import { newKey } from './queue.ts';
import { t, words } from './text.ts';
import type { Above, Presence, Present, Revision, Tally } from './types.ts';
import { ui } from './ui.svelte.ts';

const EVERY_MS = 3000;
const LOOK_ABOVE = 10; // every so many times it is asked what came from above
const HUES = 6; // of .hue-0 … in the style sheet

const nobody: Present[] = [];

class Together {
  others = $state.raw<Present[]>(nobody);
  revision = $state.raw<Revision>(); // that waits
  above = $state.raw<Above>();
  readonly #screen = newKey();
  #place = ''; // where one was heard of last
  #timer = 0;
  #asking = false;
  #turns = 0;
  #typed: Element | undefined; // holds what was not sent yet, and so keeps what it is based on: a conflict shows

  /** Follows where the editor is; to be called once. */
  start(): void {
    $effect(() => {
      void [editor.place, editor.selected[0], editor.selected.length, editor.draft?.waiting];
      this.#soon(120);
    });
    document.addEventListener('input', ({ target }) => (this.#typed = target instanceof Element && target.closest('.props') ? target : undefined));
    for (const end of ['change', 'focusout']) document.addEventListener(end, () => (this.#typed = undefined));
    document.addEventListener('visibilitychange', () => this.#soon(0));
    addEventListener('pagehide', () => this.#leave());
  }

  nameOf(other: Present): string {
    return words(other.name, other.person);
  }

  /** The same colour for the same person, wherever she is shown. */
  hueOf(other: Present): number {
    return [...`${other.home}/${other.person}`].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 9973, 7) % HUES;
  }

  at(block: string): Present[] {
    return this.others.filter((other) => other.block === block);
  }

  get #isHere(): boolean {
    return !!editor.tenant && !!editor.layer && !!editor.draft && ui.collection === undefined && !editor.problem && !document.hidden;
  }

  #soon(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), ms);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return this.#soon(EVERY_MS / 10);
    if (this.#place && (!this.#isHere || this.#place !== editor.place)) this.#leave();
    if (!this.#isHere) return this.#soon(EVERY_MS);
    this.#asking = true;
    try {
      await this.#tell();
    } catch (error) {
      // It is asked again; what matters, a command, says itself that the server or the session is gone.
      if (!(error instanceof Problem)) throw error;
      this.others = nobody;
    } finally {
      this.#asking = false;
      this.#soon(EVERY_MS);
    }
  }

  async #tell(): Promise<void> {
    const { place } = editor;
    const first = place !== this.#place;
    const [block, ...more] = editor.selected;
    const told = await editor.ask<Presence>(['draft', 'presence'], {
      method: 'PUT', body: { screen: this.#screen, ...(block && block !== 'page' && !more.length ? { block } : {}) },
    });
    if (place !== editor.place) return;
    this.#place = place;
    if (!first) this.#greet(told.items);
    this.others = told.items;
    await this.#catchUp(told);
    if (first || ++this.#turns % LOOK_ABOVE === 0) await this.lookAbove();
  }

  #greet(now: Present[]): void {
    const known = new Set(this.others.map((other) => other.screen));
    const joined = now.find((other) => !known.has(other.screen) && !other.own);
    if (joined) editor.say(t('present_joined', { name: this.nameOf(joined) }));
  }

  async #catchUp(told: Presence): Promise<void> {
    const draft = editor.draft;
    const moved = draft && (told.version > draft.version || told.waiting !== draft.waiting || told.revision !== draft.revision);
    if (moved && editor.isIdle && !this.#typed?.isConnected) await editor.takeOver();
    await this.readRevision();
  }

  async readRevision(): Promise<void> {
    const { place } = editor;
    const number = editor.draft?.waiting;
    const revision = number === undefined ? undefined : await editor.ask<Revision>(['revisions', number]);
    if (place === editor.place) this.revision = revision;
  }

  /** One step of a revision; then everything is as it is now. */
  async step(revision: Revision, verb: string, reason: string): Promise<boolean> {
    try {
      const match = revision.state === 'staged' || revision.state === 'halted' ? { match: revision.version ?? 0 } : {};
      await editor.ask(['revisions', revision.number, verb], { method: 'POST', body: { reason }, ...match });
      return true;
    } catch (error) {
      editor.fail(error);
      return false;
    } finally {
      await editor.reload().then(() => this.readRevision()).catch((error: unknown) => editor.fail(error));
    }
  }

  // ---- from above ----

  async lookAbove(): Promise<void> {
    const { place } = editor;
    const above = await editor.ask<Above>(['above']);
    if (place !== editor.place) return;
    const moved = this.above && JSON.stringify(this.above.differences) !== JSON.stringify(above.differences);
    this.above = above;
    if (!above.since) await this.seeAbove(); // the first visit: from now on
    if (moved) await editor.refresh();
  }

  async seeAbove(): Promise<void> {
    if (this.above) this.above = await editor.ask<Above>(['above'], { method: 'PUT', body: { revisions: this.above.revisions } });
  }

  #leave(): void {
    const [unit = '', layer = ''] = this.#place.split('/');
    if (!unit) return;
    this.#place = '';
    this.others = nobody;
    this.above = undefined;
    this.revision = undefined;
    void fetch(`/api/v1/tenants/${encodeURIComponent(unit)}/layers/${encodeURIComponent(layer)}/draft/presence`, {
      method: 'PUT', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ screen: this.#screen, leaves: true }),
    }).catch(() => {});
  }
}

export const together = new Together();

/** Of all components of a stage: what share failed. */
export function failing(tallies: Tally[] | undefined, side: 'inside' | 'outside'): number | undefined {
  const [renders, failures] = (tallies ?? []).reduce(([a, b], one) => [a + one[side].renders, b + one[side].failures], [0, 0]);
  return renders ? failures / renders : undefined;
}
