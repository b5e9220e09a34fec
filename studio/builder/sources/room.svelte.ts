// How data come into the unit: what is fetched and done at set times, and the tokens of systems that bring records.
import { ask, Problem, send, worded } from '../api.ts';
import { collectionsOf } from '../collections.ts';
import { editor } from '../model.svelte.ts';
import type { Collection, List } from '../types.ts';
import { contentOf, draftOf, isChanged, newDraft, type Connector, type Draft, type Tried } from './connector.ts';

export interface Run {
  at: string;
  took_ms?: number;
  outcome: 'done' | 'failed' | 'skipped';
  code?: string;
  text?: string;
}

export interface Job {
  id: string;
  kind: string;
  name: string;
  title?: Partial<Record<'zh' | 'en', string>>;
  schedule: string;
  paused: boolean;
  failures: number;
  next?: string;
  last?: Run;
  runs?: Run[]; // when it was asked for by itself
}

export type Right = 'read_data' | 'write_data';

export interface Token {
  id: string;
  name: string;
  collections: string[];
  rights: Right[];
  by: string;
  at: string;
  token?: string; // told once
}

export type At = { what: 'connector' | 'job' | 'token'; id: string } | undefined; // an empty id: a new one

const noToken = (): Pick<Token, 'name' | 'collections' | 'rights'> => ({ name: '', collections: [], rights: ['write_data'] });

const POLL_MS = 700;
const POLLS = 45;

class Room {
  connectors = $state.raw<Connector[]>();
  jobs = $state.raw<Job[]>([]);
  tokens = $state.raw<Token[]>([]);
  collections = $state.raw<Collection[]>([]);
  at = $state.raw<At>();
  drafts = $state<Record<string, Draft>>({}); // of connectors that were looked at, until they are saved; an empty id: the new one's
  asked = $state(noToken()); // for whom a token is to be made
  made = $state.raw<Token>(); // with its secret, until one looks elsewhere
  job = $state.raw<Job>(); // the one that is looked at, with its runs
  tried = $state.raw<Tried>(); // what the connector that is looked at would fetch
  trying = $state(false);
  busy = $state(false);
  running = $state(false);
  problem = $state.raw<Problem>(); // of looking
  refused = $state.raw<Problem>(); // of what was asked last
  #tenant = '';

  /** Those that packages bring: the others are connectors'. */
  readonly ofPackages = $derived(this.jobs.filter((one) => !(this.connectors ?? []).some(({ job }) => job === one.id)));
  readonly draft = $derived(this.at?.what === 'connector' ? this.drafts[this.at.id] : undefined);
  readonly token = $derived(this.at?.what === 'token' ? this.tokens.find(({ id }) => id === this.at?.id) : undefined);

  jobOf = (id: string | undefined): Job | undefined => this.jobs.find((one) => one.id === id);
  collectionOf = (name: string): Collection | undefined => this.collections.find((one) => one.name === name);

  isChanged = (draft: Draft | undefined): boolean => !!draft && isChanged(draft, this.collectionOf(draft.collection));

  // ---- looking ----

  async enter(): Promise<void> {
    if (this.#tenant !== editor.tenant) [this.drafts, this.asked, this.connectors] = [{}, noToken(), undefined];
    this.#tenant = editor.tenant;
    this.at = this.made = this.job = this.refused = undefined;
    await this.read();
  }

  async read(): Promise<void> {
    const query = { tenant: editor.tenant };
    this.problem = undefined;
    try {
      const [connectors, jobs, tokens, collections] = await Promise.all([
        ask<List<Connector>>(['connectors'], { query }), ask<List<Job>>(['jobs'], { query }), ask<List<Token>>(['tokens'], { query }), collectionsOf(editor.tenant),
      ]);
      [this.connectors, this.jobs, this.tokens, this.collections] = [connectors.items, jobs.items, tokens.items, collections];
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  async look(at: At): Promise<void> {
    this.at = at && { ...at }; // looked at anew, also when it is the same
    this.made = this.refused = this.job = this.tried = undefined;
    if (at?.what === 'token' || !at) return;
    const connector = this.connectors?.find(({ id }) => id === at.id);
    if (at.what === 'connector') this.drafts[at.id] ??= connector ? draftOf(connector, this.collectionOf(connector.collection)) : newDraft();
    await this.#readJob(connector?.job ?? (at.what === 'job' ? at.id : ''));
  }

  async #readJob(id: string): Promise<void> {
    const { at } = this;
    if (!id) return;
    try {
      const found = await ask<Job>(['jobs', id], { query: { tenant: editor.tenant } });
      if (this.at === at) this.job = found;
    } catch (error) {
      if (this.at === at) this.refused = error as Problem;
    }
  }

  // ---- changing ----

  async #do(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.refused = undefined;
    try {
      await work();
    } catch (error) {
      this.refused = error as Problem;
    }
    this.busy = false;
    return !this.refused;
  }

  save(draft: Draft): Promise<boolean> {
    return this.#do(async () => {
      if (draft.isNew && this.connectors?.some(({ id }) => id === draft.id)) throw new Problem('feed.exists', 409, draft.id);
      await send(['connectors', draft.id], { method: 'PUT', body: contentOf(draft, this.collectionOf(draft.collection)), query: { tenant: editor.tenant } });
      await this.read();
      await this.discard(draft.id, draft.isNew ? '' : draft.id);
    });
  }

  /** What it would fetch as it stands in the form. */
  async try(draft: Draft): Promise<void> {
    const { at } = this;
    this.tried = undefined;
    this.trying = true;
    await this.#do(async () => {
      const body = contentOf(draft, this.collectionOf(draft.collection));
      const tried = await ask<Tried>(['connectors', draft.id || 'new', 'try'], { method: 'POST', body, query: { tenant: editor.tenant } });
      if (this.at === at) this.tried = { ...tried, ...(tried.errors && { errors: tried.errors.map(worded) }) };
    });
    this.trying = false;
  }

  /** What was typed goes, and the server's is looked at. */
  async discard(id: string, from = id): Promise<void> {
    delete this.drafts[from];
    await this.look({ what: 'connector', id });
  }

  remove(what: 'connectors' | 'tokens', id: string): Promise<boolean> {
    return this.#do(async () => {
      await send([what, id], { method: 'DELETE', query: { tenant: editor.tenant } });
      delete this.drafts[id];
      await this.look(undefined);
      await this.read();
    });
  }

  make(): Promise<boolean> {
    return this.#do(async () => {
      const made = await ask<Token>(['tokens'], { method: 'POST', body: { ...this.asked, name: this.asked.name.trim() }, query: { tenant: editor.tenant } });
      this.asked = noToken();
      await this.read();
      await this.look({ what: 'token', id: made.id });
      this.made = made;
    });
  }

  // ---- jobs ----

  order(job: Job, order: 'pause' | 'resume'): Promise<boolean> {
    return this.#do(async () => {
      await send(['jobs', job.id, order], { method: 'POST', query: { tenant: editor.tenant } });
      await Promise.all([this.read(), this.#readJob(job.id)]);
    });
  }

  /** Now, and until it is done. Two runs may be of the same second. */
  async run(job: Job): Promise<void> {
    const seen = JSON.stringify(this.job?.runs);
    this.running = true;
    const asked = await this.#do(async () => void (await send(['jobs', job.id, 'run'], { method: 'POST', query: { tenant: editor.tenant } })));
    for (let i = 0; asked && i < POLLS && this.job?.id === job.id && JSON.stringify(this.job.runs) === seen; i++) {
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS); });
      await this.#readJob(job.id);
    }
    this.running = false;
    await this.read();
  }
}

export const room = new Room();
