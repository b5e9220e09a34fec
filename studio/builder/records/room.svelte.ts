// The records of one collection, and the one that is edited. What is right the server says.
import { ask, Problem, send } from '../api.ts';
import { collectionsOf, nameOfRecord, propertiesOf, recordsOf } from '../collections.ts';
import { editor } from '../model.svelte.ts';
import { peopleOf } from '../people.ts';
import { PERSON } from '../schema.ts';
import { t } from '../text.ts';
import type { Collection, Content, Json, List, Mistake, Person, Row } from '../types.ts';
import { ui } from '../ui.svelte.ts';
import { clash, joined, type Clash } from './join.ts';
import { inWords, missing } from '../mistakes.ts';

export interface Filter {
  by: string;
  equals: string;
  descending: boolean;
  q: string;
}

const everything = (): Filter => ({ by: '', equals: '', descending: false, q: '' });

class Room {
  collections = $state.raw<Collection[]>();
  name = $state('');
  filter = $state<Filter>(everything());
  rows = $state.raw<Row[]>([]);
  next = $state('');
  people = $state.raw(new Map<string, Person>()); // whom the rows name
  loading = $state(false);
  problem = $state.raw<Problem>();

  open = $state.raw<Row>(); // as it was when it was opened; without an etag it is a new one
  content = $state.raw<Content>({}); // as it is in the form
  mistakes = $state.raw<Mistake[]>([]);
  touched = $state(false); // something was typed that its field has not told yet
  saving = $state(false);
  clash = $state.raw<Clash>();
  #asked = 0;
  #of = ''; // the collection of what is open
  #aside: { name: string; open: Row; content: Content } | undefined; // typed, not saved, and wanted back

  readonly collection = $derived(this.collections?.find((one) => one.name === this.name));
  readonly changed = $derived(!!this.open && JSON.stringify(this.content) !== JSON.stringify(this.open.record));
  readonly canWrite = $derived(editor.rights.includes('write_data'));

  // ---- looking ----

  async enter(anew = false): Promise<void> {
    this.problem = undefined;
    try {
      this.collections = await collectionsOf(editor.tenant, anew);
    } catch (error) {
      this.collections = undefined;
      this.problem = error as Problem;
    }
  }

  async choose(name: string): Promise<void> {
    this.name = name;
    this.filter = everything();
    this.close();
    await this.read();
    this.#bringBack();
  }

  /** The first page again, or with `more` the one behind what is shown. */
  async read(more = false): Promise<void> {
    const mine = ++this.#asked;
    this.loading = true;
    this.problem = undefined;
    if (!more) this.next = '';
    try {
      const page = await this.#page(more ? this.next : '');
      if (mine !== this.#asked) return;
      this.rows = more ? [...this.rows, ...page.items] : page.items;
      this.next = page.next ?? '';
      void this.nameThem();
    } catch (error) {
      if (mine !== this.#asked) return;
      this.rows = more ? this.rows : [];
      this.problem = error as Problem;
    }
    this.loading = false;
  }

  #page(after: string): Promise<List<Row>> {
    return recordsOf(editor.tenant, this.name, { ...this.query(), after });
  }

  /** The rows are shown at once; whom they name is called by name as soon as it is known. */
  async nameThem(): Promise<void> {
    const named = propertiesOf(this.collection).filter(([, schema]) => schema['x-record'] === PERSON);
    const { rows } = this;
    const ids = rows.flatMap(({ record }) => named.map(([name]) => record[name])).filter((id) => typeof id === 'string');
    const people = await peopleOf(editor.tenant, ids);
    if (rows === this.rows) this.people = people;
  }

  query(): Record<string, string | undefined> {
    const { by, equals, descending, q } = this.filter;
    return { by, equals: by ? equals : '', descending: descending ? '1' : '', q };
  }

  // ---- one record ----

  show(row: Row): void {
    this.#of = this.name;
    this.open = row;
    this.content = row.record;
    this.mistakes = [];
    this.touched = false;
  }

  /** What was typed and not saved can be had back. */
  #leave(): void {
    if (!this.open || !this.changed) return;
    const left = { name: this.#of, open: this.open, content: this.content };
    editor.tell(t('record_left', { name: nameOfRecord(left.content) }), false, () => {
      this.#aside = left;
      if (left.name === this.name) this.#bringBack();
      else ui.goTo(left.name);
    });
  }

  #bringBack(): void {
    if (this.#aside?.name !== this.name) return;
    this.show(this.#aside.open);
    this.content = this.#aside.content;
    this.#aside = undefined;
  }

  view(row: Row): void {
    this.#leave();
    this.show(row);
  }

  add(): void {
    this.view({ etag: '', record: { id: crypto.randomUUID() } });
  }

  close(): void {
    this.#leave();
    this.open = undefined;
    this.clash = undefined;
  }

  set(member: string, value: Json | undefined): void {
    const { [member]: _, ...rest } = this.content;
    this.content = value === undefined ? rest : { ...rest, [member]: value };
    this.mistakes = this.mistakes.filter(({ where = '' }) => where !== `/${member}` && !where.startsWith(`/${member}/`));
  }

  #path(id: Json | undefined): string[] {
    return ['data', this.name, String(id)];
  }

  /** Writes `content` over what was seen as `etag`; with none it is a new record. */
  async #put(content: Content, etag: string): Promise<Row> {
    const seen = etag ? { match: etag } : { fresh: true };
    const reply = await send(this.#path(content['id']), { method: 'PUT', body: content, query: { tenant: editor.tenant }, ...seen });
    return { etag: (reply.headers.get('ETag') ?? '').replaceAll('"', ''), record: (await reply.json()) as Content };
  }

  async save(): Promise<void> {
    const open = this.open;
    if (!open || this.saving || (open.etag && !this.changed)) return;
    this.mistakes = missing(this.collection?.schema ?? {}, this.content);
    if (this.mistakes.length) return editor.say(t('record_wrong', { n: this.mistakes.length }));
    this.saving = true;
    await this.#save(open, this.content);
    this.saving = false;
  }

  async #save(open: Row, content: Content): Promise<void> {
    try {
      this.#written(await this.#put(content, open.etag), open);
    } catch (error) {
      const problem = error as Problem;
      if (problem.code === 'data.changed' && open.etag) await this.#clashed(open, content);
      else if (problem.code === 'data.changed') this.mistakes = [{ code: problem.code, where: '/id', detail: t('record_id_taken') }];
      else if (problem.errors.length) this.#refused(problem);
      else editor.fail(problem);
    }
  }

  #refused(problem: Problem): void {
    this.mistakes = problem.errors.map((one) => inWords(this.collection?.schema ?? {}, one));
    editor.say(t('record_wrong', { n: this.mistakes.length }));
  }

  #written(row: Row, was: Row): void {
    const known = this.rows.some((one) => one.record['id'] === row.record['id']);
    this.rows = known ? this.rows.map((one) => (one.record['id'] === row.record['id'] ? row : one)) : [row, ...this.rows];
    this.show(row);
    const before = was.record;
    const back = was.etag ? () => this.#back(() => this.#put(before, row.etag)) : () => this.#back(() => this.#delete(row));
    editor.tell(t('record_saved', { name: nameOfRecord(row.record) }), false, back);
    this.#shown();
  }

  /** The canvas shows records, too. */
  #shown(): void {
    editor.refresh().catch((error: unknown) => editor.fail(error));
  }

  async #back(undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
      this.close();
      await this.read();
      this.#shown();
    } catch (error) {
      editor.fail(error);
    }
  }

  #delete(row: Row): Promise<Response> {
    return send(this.#path(row.record['id']), { method: 'DELETE', match: row.etag, query: { tenant: editor.tenant } });
  }

  async remove(): Promise<void> {
    const row = this.open;
    if (!row?.etag) return this.close();
    try {
      await this.#delete(row);
      this.rows = this.rows.filter((one) => one.record['id'] !== row.record['id']);
      this.open = undefined;
      editor.tell(t('record_deleted', { name: nameOfRecord(row.record) }), false, () => this.#back(() => this.#put(row.record, '')));
      this.#shown();
    } catch (error) {
      const problem = error as Problem;
      if (problem.code === 'data.changed') await this.#clashed(row, this.content);
      else editor.fail(problem);
    }
  }

  // ---- somebody was quicker ----

  async #clashed(open: Row, mine: Content): Promise<void> {
    const { items } = await recordsOf(editor.tenant, this.name, { q: String(mine['id']) });
    const theirs = items.find((one) => one.record['id'] === mine['id']);
    if (!theirs) {
      this.open = { etag: '', record: open.record };
      return editor.tell(t('record_gone'), true);
    }
    const places = clash(open.record, mine, theirs.record);
    this.clash = { theirs, mine: joined(open.record, mine, theirs.record), places };
    if (!places.length) await this.keepMine();
  }

  /** Mine where both changed it, theirs in the rest. */
  async keepMine(): Promise<void> {
    const found = this.clash;
    this.clash = undefined;
    if (found) await this.#save(found.theirs, found.mine);
  }

  keepTheirs(): void {
    if (!this.clash) return;
    const { theirs } = this.clash;
    this.rows = this.rows.map((one) => (one.record['id'] === theirs.record['id'] ? theirs : one));
    this.show(theirs);
    this.clash = undefined;
  }

  // ---- many ----

  async take<T>(text: string, type: string, query: Record<string, string>): Promise<T> {
    const taken = await ask<T>(['data', this.name], { method: 'POST', body: text, type, query: { tenant: editor.tenant, ...query } });
    this.close();
    await Promise.all([this.read(), this.enter(true)]);
    this.#shown();
    return taken;
  }
}

export const room = new Room();
