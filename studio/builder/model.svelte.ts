// What is being edited. Everything goes one way: a command to the server, the draft and its
// preview back. Here is no second model of the page.
import { ask, Problem } from './api.ts';
import { History, parts, towards, type Standing } from './history.ts';
import { placeOf, remember, remembered } from './place.ts';
import { keep, kept, newKey, type Command } from './queue.ts';
import { t, words, type Key } from './text.ts';
import { ui } from './ui.svelte.ts';
import type { Block, Complaint, Component, Draft, Dress, Grant, Json, List, Lock, Mistake, Preview, Unit, Verb, Words } from './types.ts';

export interface Look {
  person: string;
  tenant: string;
  lang: '' | 'zh' | 'en';
  scheme: 'light' | 'dark';
  size: 'normal' | 'large';
  device: 'phone' | 'tablet' | 'desktop';
  at: string; // a moment; empty: now
}

export interface Conflict {
  verbs: Verb[];
  mistakes: Mistake[];
}

/** How long an unanswered command waits before it is sent again, unless the connection is back sooner. */
const RETRY_MS = 2000;
class Editor {
  tenant = $state('');
  layer = $state('');
  // What the server said is read, never changed: each answer replaces the last as a whole.
  grants = $state.raw<Grant[]>([]);
  components = $state.raw<Component[]>([]);
  draft = $state.raw<Draft>();
  preview = $state.raw<Preview>();
  dress = $state.raw<Dress>(); // of the page "theme", in place of a preview
  flush: (() => Promise<void> | undefined) | undefined; // sends what a field holds back for a moment, before what is done next
  refused = $state.raw<Mistake[]>([]); // what was wrong with the last command
  selected = $state<string[]>([]);
  look = $state<Look>({ person: '', tenant: '', lang: '', scheme: 'light', size: 'normal', device: 'phone', at: '' });
  problem = $state<Problem>();
  complaint = $state.raw<Complaint>(); // about a folder that a developer works on
  #unitNames = $state<{ [id: string]: string }>({});
  headings = $state.raw<{ [block: string]: string }>({}); // that are seen on the canvas
  saved = $state(0); // the revision at which that folder was taken in last
  conflict = $state<Conflict>();
  spoken = $state('');
  told = $state<{ text: string; bad: boolean; undo?: (() => unknown) | undefined }>();
  waiting = $state<Command[]>([]);
  busy = $state(false);
  online = $state(true);
  canUndo = $state(false);
  canRedo = $state(false);

  readonly canEdit = $derived(this.rights.includes('edit_layer') && !!this.draft && !this.draft.waiting);
  readonly block = $derived(this.selected.length === 1 ? this.find(this.selected[0] ?? '') : undefined);
  /** The one property that the conflict is about; none when it is about more. */
  readonly conflictAt = $derived.by(() => {
    const [verb, ...others] = this.conflict?.verbs ?? [];
    return verb?.block && verb.at && !others.length ? { block: verb.block, name: verb.at.split('/')[1] ?? '' } : undefined;
  });
  #history = new History('');
  #looks = 0; // how often the page was asked for
  readonly #answers = new Map<string, (good: boolean) => void>();

  get rights(): string[] {
    return this.grants.flatMap((grant) => grant.rights);
  }

  /** Where somebody else must approve, whoever edits may propose. */
  get mayPublish(): boolean {
    return this.rights.includes(this.draft?.approval ? 'edit_layer' : 'publish_layer');
  }

  get page(): string {
    return this.layer.split(':')[0] ?? '';
  }

  get specialty(): string {
    return this.layer.split(':')[1] ?? '';
  }

  /** What is edited is the look: its page has no blocks. */
  get isTheme(): boolean {
    return this.page === 'theme';
  }

  find(id: string): Block | undefined {
    return this.preview?.blocks.find((block) => block.id === id);
  }

  component(ref: string): Component | undefined {
    return this.components.find((component) => component.id === ref);
  }

  /** What people call a block: its title, or what tells it from others of its component. */
  nameOf(id: string): string {
    const block = this.find(id);
    const title = block?.properties.find((property) => property.at === '/title')?.value;
    const own = typeof title === 'string' || (title && typeof title === 'object' && !Array.isArray(title)) ? words(title as never) : '';
    const isOneOfMany = (this.preview?.blocks ?? []).some((other) => other.id !== id && other.component === block?.component);
    return own || (isOneOfMany && this.headings[id]) || words(this.component(block?.component ?? '')?.title, block?.component ?? id);
  }

  nameOfComponent(ref: string): string {
    return words(this.component(ref)?.title, ref);
  }

  /** "main" → 正文; "desk/grid" → the block's name, and the region's where it has several. */
  regionName(region: string): string {
    const [owner = '', inner] = region.split('/');
    if (inner === undefined) return t(`region_${owner}` as Key);
    const all = this.regionsOf(this.find(owner));
    const title = words(all.find((one) => one.region === region)?.title, inner);
    return all.length > 1 ? `${this.nameOf(owner)} · ${title}` : this.nameOf(owner);
  }

  /** Where others can stand in a block: named by its component, or by its properties (x-regions). */
  regionsOf(block: Block | undefined): { region: string; title: Words }[] {
    if (!block) return [];
    const component = this.component(block.component);
    const named = Object.entries(component?.regions ?? {}).map(([name, { title }]) => ({ region: `${block.id}/${name}`, title: title ?? name }));
    const listing = Object.entries(component?.props?.properties ?? {}).filter(([, schema]) => schema['x-regions'] === true);
    const listed = listing.flatMap(([name]) => (propsOf(block)[name] ?? []) as { id: string; title?: Words }[]).map((one) => ({ region: `${block.id}/${one.id}`, title: one.title ?? one.id }));
    const known = new Set([...named, ...listed].map((one) => one.region));
    const others = (this.preview?.blocks ?? []).map((one) => one.region).filter((region) => region.startsWith(`${block.id}/`) && !known.has(region));
    return [...named, ...listed, ...[...new Set(others)].map((region) => ({ region, title: region.split('/')[1] ?? '' }))];
  }

  /** What people call a unit on the way down to here. */
  unitName(id: string): string {
    const granted = this.grants.find((grant) => grant.id === id);
    return words(this.preview?.layers.find((layer) => layer.unit === id)?.name) || words(granted?.short ?? granted?.name) || this.#unitNames[id] || id;
  }

  /** Where no page tells them: what units are called, from this one up to the one that was granted to her. */
  async learnUnits(): Promise<void> {
    try {
      for (let at: string | undefined = this.tenant; at && this.unitName(at) === at;) {
        const unit: Unit = await ask<Unit>(['tenants', at]);
        this.#unitNames[at] = words(unit.short ?? unit.name, at);
        at = unit.parent;
      }
    } catch {
      // they are called by their ids
    }
  }

  say(text: string): void {
    this.spoken = this.spoken === text ? `${text}\u00a0` : text;
  }

  tell(text: string, bad = false, undo?: () => unknown): void {
    this.told = { text, bad, undo };
    this.say(text);
  }

  fail(error: unknown): void {
    const problem = error instanceof Problem ? error : new Problem('studio', 0, String(error));
    if (problem.status === 401) this.problem = problem;
    else this.tell(t('refused', { why: problem.errors[0]?.detail ?? problem.message }), true);
  }

  // ---- opening ----

  async start(): Promise<void> {
    try {
      this.grants = (await ask<List<Grant>>(['tenants'])).items;
      ui.started = true;
      if (!location.hash) history.replaceState(null, '', remembered());
      await this.follow();
    } catch (error) {
      this.problem = error as Problem;
    }
  }

  /** To where the address says: #/UNIT/LAYER, or #/UNIT/data/COLLECTION. */
  async follow(): Promise<void> {
    const place = placeOf(location.hash, this.grants);
    ui.collection = place?.collection;
    if (!place) return;
    const { tenant, layer } = place;
    if (!this.rights.includes('read_layer')) {
      this.tenant = tenant;
      ui.collection ??= '';
    } else if (tenant !== this.tenant || (layer !== this.layer && ui.collection === undefined)) {
      await this.open(tenant, layer);
    }
  }

  async open(tenant: string, layer: string): Promise<void> {
    await this.flush?.();
    this.#leave();
    this.tenant = tenant;
    this.layer = layer;
    remember({ tenant, layer });
    const { place } = this;
    try {
      const [catalogue, draft, seen] = await Promise.all([
        ask<List<Component>>(['tenants', tenant, 'components']),
        ask<Draft>(this.#path('draft')),
        this.#seen(),
      ]);
      if (place !== this.place) return; // another was opened meanwhile
      this.components = catalogue.items;
      this.draft = draft;
      this.#history = new History(place);
      this.#tellHistory();
      this.#show(seen);
      this.waiting = kept(place);
      void this.#sendAll();
    } catch (error) {
      if (place === this.place) this.problem = error as Problem;
    }
  }

  /** What was of the place before is gone; what was asked for of it comes too late. */
  #leave(): void {
    this.problem = undefined;
    this.selected = [];
    this.draft = undefined;
    this.preview = undefined;
    this.dress = undefined;
    this.waiting = [];
    this.#looks++;
  }

  /** Which layer of which unit. */
  get place(): string {
    return `${this.tenant}/${this.layer}`;
  }

  /** Between a page and the look of its unit. */
  async toggleTheme(): Promise<void> {
    const tail = this.specialty && `:${this.specialty}`;
    await this.open(this.tenant, `${this.isTheme ? 'home' : 'theme'}${tail}`);
  }

  async refresh(): Promise<void> {
    if (!this.layer) return;
    const look = ++this.#looks;
    const seen = await this.#seen();
    if (look === this.#looks) this.#show(seen); // else one that was asked for later tells more
  }

  /** What the engine makes of the draft. */
  #seen(): Promise<Preview | Dress> {
    if (this.isTheme) return ask<Dress>(this.#path('draft', 'look'));
    return ask<Preview>(this.#path('draft', 'preview'), { query: this.#looked });
  }

  /** As whom and how the page is looked at, in an address. */
  get #looked(): { [name: string]: string } {
    const { person, tenant, lang, scheme, size, at } = this.look;
    return { person, tenant, lang, scheme, size, at };
  }

  #show(seen: Preview | Dress): void {
    if ('tokens' in seen) {
      this.dress = seen;
      return;
    }
    this.preview = seen;
    this.selected = this.selected.filter((id) => this.find(id) ?? id === 'page');
  }

  /** The canvas for the frame: made by the engine, like every page. */
  canvasAddress(more: Record<string, string> = {}): string {
    const query = { unit: this.tenant, layer: this.layer, ...this.#looked, ...more };
    return `/studio/canvas?${new URLSearchParams(query)}`;
  }

  #path(...rest: string[]): string[] {
    return ['tenants', this.tenant, 'layers', this.layer, ...rest];
  }

  ask<T>(rest: (string | number)[], asked: Parameters<typeof ask>[1] = {}): Promise<T> {
    return ask<T>([...this.#path(), ...rest], asked);
  }

  // ---- changing ----

  /** Queues a command. They go one by one, in order; without a connection they wait. */
  async run(verbs: Verb[]): Promise<boolean> {
    await this.flush?.();
    return !verbs.length || this.#queue(verbs, true);
  }

  #queue(verbs: Verb[], undoable: boolean): Promise<boolean> {
    const command = { key: newKey(), base: this.draft?.version ?? 0, verbs, undoable };
    this.waiting.push(command);
    keep(this.place, this.waiting);
    const answer = new Promise<boolean>((done) => this.#answers.set(command.key, done));
    void this.#sendAll();
    return answer;
  }

  async #sendAll(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.waiting[0] && !this.problem) await this.#send(this.waiting[0]);
    } finally {
      this.busy = false;
    }
  }

  #answered(place: string, commands: Command[], good: boolean): void {
    const keys = commands.map((command) => command.key);
    const others = (waiting: Command[]): Command[] => waiting.filter((command) => !keys.includes(command.key));
    this.waiting = others(this.waiting);
    keep(place, others(kept(place)));
    for (const key of keys) {
      this.#answers.get(key)?.(good);
      this.#answers.delete(key);
    }
  }

  /** When the answer comes, another place may be open: then only what is kept of this one changes. */
  async #send(command: Command): Promise<void> {
    const { place } = this;
    const before = this.draft as Draft;
    const stood = this.#standing;
    const look = ++this.#looks;
    const query = this.isTheme ? {} : { with: 'preview', ...this.#looked };
    this.refused = [];
    let answer: Draft & { preview?: Preview };
    try {
      answer = await this.ask(['draft', 'commands'], { method: 'POST', key: command.key, query, body: { base: command.base, verbs: command.verbs } });
    } catch (error) {
      return this.#failed(place, error as Problem, command);
    }
    const { preview, ...after } = answer;
    const alone = after.version === before.version + 1;
    const history = place === this.place ? this.#history : new History(place);
    if (command.undoable) history.push(stood, { verbs: after.verbs, blocks: preview?.blocks ?? stood.blocks }, alone ? undefined : command.verbs);
    this.online = true;
    if (place === this.place) {
      this.draft = after;
      this.#tellHistory();
      if (preview && look === this.#looks) this.#show(preview);
      else await this.refresh().catch((error: unknown) => this.fail(error));
    }
    this.#answered(place, [command], true);
  }

  async #failed(place: string, problem: Problem, command: Command): Promise<void> {
    if (problem.passes) {
      this.online = problem.status !== 0;
      return this.#pause();
    }
    if (problem.status === 401) {
      this.problem = problem; // what waits is sent after signing in
      return;
    }
    if (place === this.place) {
      this.refused = problem.errors;
      if (problem.code === 'edit.conflict') this.#collide(command, problem.errors);
      else this.fail(problem);
      await this.reload().catch((error: unknown) => this.fail(error));
    }
    this.#answered(place, kept(place), false); // those behind may build on it
  }

  #pause(): Promise<void> {
    return new Promise((done) => {
      setTimeout(done, RETRY_MS);
      addEventListener('online', () => done(), { once: true });
    });
  }

  #collide(command: Command, mistakes: Mistake[]): void {
    this.conflict = { verbs: command.verbs, mistakes };
    if (this.conflictAt) {
      this.selected = [this.conflictAt.block];
      ui.sheet = 'props';
    }
    this.say(t('conflict'));
  }

  /** The draft as the server has it now, with what others did. */
  async reload(): Promise<void> {
    const { place } = this;
    const draft = await this.ask<Draft>(['draft']);
    if (place !== this.place) return;
    if (draft.version >= (this.draft?.version ?? 0)) this.draft = draft;
    await this.refresh();
  }

  /** Whether the draft of now may be shown in place of the one that was seen: nothing of one's own is on its way. */
  get isIdle(): boolean {
    return !!this.draft && !this.busy && !this.waiting.length && !this.conflict;
  }

  /** What others did, unless something of one's own is on its way: then its answer tells. */
  async takeOver(): Promise<void> {
    const { place } = this;
    const draft = await this.ask<Draft>(['draft']);
    if (place !== this.place || !this.isIdle) return;
    this.draft = draft;
    await this.refresh();
  }

  /** The published layer again. */
  async discard(): Promise<void> {
    const before = this.#standing;
    this.draft = await this.ask<Draft>(['draft'], { method: 'DELETE', match: (this.draft as Draft).version });
    try {
      await this.refresh();
    } finally {
      this.#history.push(before, this.#standing);
      this.#tellHistory();
    }
  }

  /** The draft was read again meanwhile: the same command is now based on what they did. */
  async keepMine(): Promise<void> {
    const verbs = this.conflict?.verbs ?? [];
    this.conflict = undefined;
    await this.run(verbs);
  }

  // ---- going back and forth ----

  get #standing(): Standing {
    return { verbs: this.draft?.verbs ?? [], blocks: this.preview?.blocks ?? [] };
  }

  #tellHistory(): void {
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
  }

  async undo(): Promise<void> {
    await this.flush?.();
    await this.#step(this.#history.undo(this.#standing));
  }

  async redo(): Promise<void> {
    await this.flush?.();
    await this.#step(this.#history.redo(this.#standing));
  }

  async #step(verbs: Verb[]): Promise<void> {
    if (verbs.length) await Promise.all(parts(verbs).map((part) => this.#queue(part, false)));
    this.#tellHistory();
  }

  // ---- what a person does to blocks ----

  newId(component: string): string {
    const stem = (component.split('/').pop() ?? 'block').replace(/[^a-z0-9-]/g, '') || 'block';
    for (;;) {
      const id = `${stem}-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`;
      if (!this.find(id)) return id;
    }
  }

  /** The block is of what a developer has just broken. */
  isWrong(block: Block): boolean {
    const { package: of, component } = this.complaint ?? {};
    return !!of && (component ? block.component === `${of}/${component}` : block.component.startsWith(`${of}/`));
  }

  /** The blocks of a region, in order. */
  inRegion(region: string): Block[] {
    return this.preview?.blocks.filter((block) => block.region === region) ?? [];
  }

  /** Those that stand in the block, at any depth. */
  inside(id: string): Block[] {
    const blocks = this.preview?.blocks ?? [];
    const own = blocks.filter((block) => block.region.startsWith(`${id}/`));
    return own.flatMap((block) => [block, ...this.inside(block.id)]);
  }

  #locksOf(id: string): Lock[] {
    return (id === 'page' ? this.preview?.locks : this.find(id)?.locks) ?? [];
  }

  /** Some locks hold only units deeper than a level. */
  #binds(lock: Lock): boolean {
    const level = this.preview?.layers.find((layer) => this.isMine(layer))?.level ?? 0;
    return !this.isMine(lock.by) && level > (lock.below ?? -1);
  }

  /** Who forbids it, if anybody does. */
  lockOn(id: string, kind: string, at = ''): string | undefined {
    const lock = this.#locksOf(id).find((one) => one.lock === kind && (!one.at || !at || one.at === at) && this.#binds(one));
    return lock && this.unitName(lock.by.unit);
  }

  isMine(origin: { unit: string; layer: string } | undefined): boolean {
    return origin?.unit === this.tenant && origin.layer === this.layer;
  }

  /** Of whom and by which name the region is closed. */
  #closing(region: string): { block: string; at: string } {
    const [owner = '', inner] = region.split('/');
    return inner === undefined ? { block: 'page', at: owner } : { block: owner, at: inner };
  }

  /** The unit above that closed the region to this layer. */
  closedBy(region: string): string | undefined {
    const { block, at } = this.#closing(region);
    return this.lockOn(block, 'closed', at);
  }

  /** This layer closes the region to those below. */
  closesHere(region: string): boolean {
    const { block, at } = this.#closing(region);
    return this.#locksOf(block).some((lock) => lock.lock === 'closed' && lock.at === at && this.isMine(lock.by));
  }

  async close(region: string, closed: boolean): Promise<void> {
    const done = await this.run([{ verb: closed ? 'lock' : 'unlock', lock: 'closed', ...this.#closing(region) }]);
    if (done) this.say(t(closed ? 'region_now_closed' : 'region_now_open', { region: this.regionName(region) }));
  }

  async add(component: string, into: string, after: string, props?: { [name: string]: Json }): Promise<string | undefined> {
    const block = this.newId(component);
    const given = props ?? this.component(component)?.example ?? {};
    const done = await this.run([{ verb: 'add', block, component, into, after, props: given }]);
    if (!done) return undefined;
    this.selected = [block];
    return block;
  }

  async move(id: string, into: string, after: string): Promise<boolean> {
    return this.run([{ verb: 'move', block: id, into, after }]);
  }

  /** Up or down among those beside it. */
  async shift(id: string, by: -1 | 1): Promise<void> {
    const region = this.find(id)?.region ?? '';
    const ids = this.inRegion(region).filter((block) => block.shown || block.id === id).map((block) => block.id);
    const at = ids.indexOf(id) + by;
    if (at < 0 || at >= ids.length) return;
    const rest = ids.filter((other) => other !== id);
    await this.move(id, region, rest[at - 1] ?? '');
  }

  async set(block: string, at: string, value: Json | undefined): Promise<boolean> {
    return this.run([value === undefined ? { verb: 'reset', block, at } : { verb: 'set', block, at, value }]);
  }

  async restore(block: string, at?: string): Promise<boolean> {
    return this.run([at === undefined ? { verb: 'restore', block } : { verb: 'restore', block, at }]);
  }

  /** Takes back exactly those of the layer's differences. */
  async drop(verbs: Verb[]): Promise<boolean> {
    return this.run(towards(this.draft?.verbs ?? [], verbs, []));
  }

  /** Removes blocks of this layer; those from above are removed here only. */
  async remove(ids: string[]): Promise<void> {
    await this.run(ids.map((block) => ({ verb: 'remove', block })));
    this.selected = [];
  }

  /** A block with all that stands in it, under other ids: as verbs behind `after`. */
  copyOf(copied: Copied[], into: string, after: string): Verb[] {
    const ids = new Map(copied.map((one) => [one.id, this.newId(one.component)]));
    return copied.map((one, i) => {
      const [owner = '', inner] = one.region.split('/');
      const moved = ids.get(owner);
      const region = inner !== undefined && moved ? `${moved}/${inner}` : into;
      const verb: Verb = { verb: 'add', block: ids.get(one.id) as string, component: one.component, into: region, props: one.props };
      return i === 0 ? { ...verb, after } : verb;
    });
  }

  copied(id: string): Copied[] {
    const block = this.find(id);
    return block ? [block, ...this.inside(id)].map((one) => ({ id: one.id, component: one.component, region: one.region, props: propsOf(one) })) : [];
  }

  async duplicate(id: string): Promise<void> {
    const verbs = this.copyOf(this.copied(id), this.find(id)?.region ?? 'main', id);
    if (await this.run(verbs)) this.selected = [verbs[0]?.block ?? ''];
  }
}

export interface Copied {
  id: string;
  component: string;
  region: string;
  props: { [name: string]: Json };
}

/** A block's properties as one object: those it was added with and those set since. */
export function propsOf(block: Block): { [name: string]: Json } {
  const props: { [name: string]: Json } = {};
  const sorted = [...block.properties].sort((a, b) => a.at.length - b.at.length);
  for (const { at, value } of sorted) {
    const path = at.slice(1).split('/');
    if (path.length === 1 && path[0] && value !== undefined) props[path[0]] = JSON.parse(JSON.stringify(value)) as Json;
  }
  return props;
}

export const editor = new Editor();
