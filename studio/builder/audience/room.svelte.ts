// The audiences of a unit, and what is being changed of them. Nothing that was typed goes by looking elsewhere.
import { ask, Problem, send } from '../api.ts';
import { editor } from '../model.svelte.ts';
import { words } from '../text.ts';
import type { Audience, Json, List, Mistake } from '../types.ts';
import { groupOf, hasBlank, newCondition, newGroup, ruleOf, type Group } from './rule.ts';
import { w } from './words.ts';

interface Whole extends Audience {
  own: boolean;
  rule: Json;
}

export interface Draft {
  id: string;
  isNew: boolean;
  own: boolean;
  etag: string;
  name: { zh: string; en: string };
  group: Group;
  before: string; // what the server has, as text
}

/** The one that is not there yet. */
export const NEW = '';

const contentOf = ({ name, group }: Pick<Draft, 'name' | 'group'>): { name: { zh: string; en?: string }; rule: Json } => ({
  name: { zh: name.zh.trim(), ...(name.en.trim() && { en: name.en.trim() }) },
  rule: ruleOf(group),
});

const freshId = (): string => `a-${crypto.randomUUID().slice(0, 8)}`;

class Room {
  all = $state.raw<Audience[]>();
  drafts = $state<Record<string, Draft>>({});
  at = $state<string>(); // which is looked at
  saving = $state(false);
  problem = $state.raw<Problem>();
  mistakes = $state.raw<Mistake[]>([]); // of the last try to save or remove
  #tenant = '';

  readonly draft = $derived(this.at === undefined ? undefined : this.drafts[this.at]);
  readonly mayChange = $derived(editor.rights.includes('publish_layer'));

  // ---- looking ----

  async enter(): Promise<void> {
    if (this.#tenant !== editor.tenant) [this.drafts, this.at, this.all] = [{}, undefined, undefined];
    this.#tenant = editor.tenant;
    this.#forget();
    try {
      this.all = (await ask<List<Audience>>(['tenants', editor.tenant, 'audiences'])).items;
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  async open(id: string): Promise<void> {
    this.#forget();
    try {
      if (!this.drafts[id]) this.drafts[id] = await this.#fetched(id);
      this.at = id;
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  begin(): void {
    this.#forget();
    this.drafts[NEW] ??= { id: freshId(), isNew: true, own: true, etag: '', name: { zh: '', en: '' }, group: newGroup('all', [newCondition()]), before: '' };
    this.at = NEW;
  }

  leave(): void {
    this.#forget();
    this.at = undefined;
  }

  async #fetched(id: string): Promise<Draft> {
    const reply = await send(['tenants', editor.tenant, 'audiences', id]);
    const whole = (await reply.json()) as Whole;
    const name = typeof whole.name === 'string' ? { zh: whole.name, en: '' } : { zh: whole.name.zh ?? '', en: whole.name.en ?? '' };
    const draft = { id, isNew: false, own: whole.own, etag: (reply.headers.get('ETag') ?? '').replaceAll('"', ''), name, group: groupOf(whole.rule) };
    return { ...draft, before: JSON.stringify(contentOf(draft)) };
  }

  #forget(): void {
    [this.problem, this.mistakes] = [undefined, []];
  }

  // ---- changing ----

  isChanged(draft: Draft): boolean {
    return draft.isNew || JSON.stringify(contentOf(draft)) !== draft.before || hasBlank(draft.group);
  }

  async discard(): Promise<void> {
    const id = this.at;
    if (id === undefined) return;
    delete this.drafts[id];
    this.at = undefined;
    if (id !== NEW) await this.open(id);
  }

  async save(draft: Draft): Promise<void> {
    const seen = draft.isNew ? { fresh: true } : { match: draft.etag };
    await this.#done(w('saved', { name: draft.name.zh }), async () => {
      await send(['tenants', editor.tenant, 'audiences', draft.id], { method: 'PUT', body: contentOf(draft), ...seen });
      delete this.drafts[draft.isNew ? NEW : draft.id];
      this.drafts[draft.id] = await this.#fetched(draft.id);
      this.at = draft.id;
    });
  }

  async remove(draft: Draft): Promise<void> {
    await this.#done(w('removed', { name: words(draft.name, draft.id) }), async () => {
      await send(['tenants', editor.tenant, 'audiences', draft.id], { method: 'DELETE', match: draft.etag });
      delete this.drafts[draft.id];
      this.at = undefined;
    });
  }

  async #done(told: string, work: () => Promise<void>): Promise<void> {
    this.#forget();
    this.saving = true;
    try {
      await work();
      editor.tell(told);
      await Promise.all([this.enter(), editor.refresh()]);
    } catch (error) {
      this.problem = error as Problem;
      this.mistakes = this.problem.errors;
    }
    this.saving = false;
  }
}

export const room = new Room();
