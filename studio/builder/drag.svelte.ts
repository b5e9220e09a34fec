// Where a component may be put: insertion points between the blocks of the canvas, found by
// pointer, by touch after a long press, or walked with the arrow keys. The canvas is a frame
// of this origin that runs no script; all listening is done from here.
import { editor } from './model.svelte.ts';
import { t } from './text.ts';

/** What is being dragged: a new component, a block that stands already, or one of another page. */
export interface Payload {
  component?: string;
  block?: string;
  carried?: Carried;
}

/** A block on its way to another page. */
export interface Carried {
  name: string;
  putDown(region: string, after: string): Promise<boolean>;
}

export interface Spot {
  region: string;
  index: number; // among the blocks of the region, without the one that is moved
  after: string;
  rect: { x: number; y: number; w: number; h: number; upright: boolean };
  refused: string; // why not; empty: it may be put there
  outlined: boolean; // the line is drawn in the outline: `rect` is of the window, not of the frame
}

interface Place {
  region: string;
  parent: Element;
  blocks: HTMLElement[];
}

const LONG_PRESS_MS = 220;
const START_PX = 4;
const EDGE_PX = 56;
/** A block narrower than so much of its region stands beside others. */
const BESIDE = 0.75;

class Drag {
  payload = $state<Payload>();
  spot = $state<Spot>();
  by = $state<'pointer' | 'keyboard'>('pointer');
  x = $state(0);
  y = $state(0);
  frame: HTMLIFrameElement | undefined;
  loading = false; // what is in the frame is of before
  over: (() => Promise<void>) | undefined; // what being let go here means, where that is not on the page
  #scroll = 0;
  #timer = 0;

  get doc(): Document | undefined {
    return this.frame?.contentDocument ?? undefined;
  }

  nameOf(payload: Payload): string {
    if (payload.carried) return payload.carried.name;
    return payload.block ? editor.nameOf(payload.block) : editor.nameOfComponent(payload.component ?? '');
  }

  // ---- regions and their blocks, as they stand in the frame ----

  places(): Place[] {
    const marks = [...(this.doc?.querySelectorAll<HTMLElement>('template[data-region]') ?? [])];
    return marks.map((mark) => {
      const blocks: HTMLElement[] = [];
      for (let at = mark.nextElementSibling; at && !at.matches('template[data-region], main'); at = at.nextElementSibling)
        if (at.matches('.b[id^="b-"]')) blocks.push(at as HTMLElement);
      return { region: mark.dataset['region'] ?? '', parent: mark.parentElement as Element, blocks };
    });
  }

  #blocksWithout(place: Place): HTMLElement[] {
    return place.blocks.filter((block) => block.id !== `b-${this.payload?.block}`);
  }

  #mayHold(place: Place): boolean {
    const moving = this.payload?.block;
    return !moving || !place.parent.closest(`#b-${CSS.escape(moving)}`);
  }

  #refusal(region: string): string {
    const moving = this.payload?.block;
    const fixed = moving && editor.lockOn(moving, 'fixed');
    if (fixed) return t('block_fixed', { unit: fixed });
    const from = moving ? editor.find(moving)?.region : undefined;
    const closed = from === region ? undefined : editor.closedBy(region);
    return closed ? t('region_closed', { unit: closed }) : '';
  }

  /** Beside one another, as in a grid of two columns, the line stands upright; also behind the last of a row. */
  #line(place: Place, blocks: HTMLElement[], index: number): Spot['rect'] {
    const before = blocks[index - 1]?.getBoundingClientRect();
    const next = blocks[index]?.getBoundingClientRect();
    const own = place.parent.getBoundingClientRect();
    const beside = (rect: DOMRect): boolean => rect.width < own.width * BESIDE;
    const upright = (x: number, rect: DOMRect): Spot['rect'] => ({ x: Math.max(0, x - 2), y: rect.top, w: 4, h: rect.height, upright: true });
    if (before && next && Math.abs(before.top - next.top) < 8) return upright((before.right + next.left) / 2, next);
    if (before && beside(before) && (!next || beside(next))) return upright(before.right + 6, before);
    if (!before && next && beside(next)) return upright(next.left - 6, next);
    const near = next ?? before;
    const empty = place.parent.querySelector(`template[data-region="${CSS.escape(place.region)}"] + .region-empty`)?.getBoundingClientRect();
    const y = before && next ? (before.bottom + next.top) / 2 - 2 : next ? next.top - 6 : before ? before.bottom + 4 : empty ? empty.top + empty.height / 2 - 2 : own.top + 4;
    return { x: near?.left ?? own.left + 4, y: Math.max(2, y), w: near?.width ?? own.width - 8, h: 4, upright: false };
  }

  /** Behind all that the page holds. */
  endOfPage(): Spot | undefined {
    const main = this.places().find((place) => place.region === 'main');
    return main && this.#spotIn(main, this.#blocksWithout(main).length);
  }

  #spotIn(place: Place, index: number): Spot {
    const blocks = this.#blocksWithout(place);
    const after = blocks[index - 1]?.id.slice(2) ?? '';
    return { region: place.region, index, after, rect: this.#line(place, blocks, index), refused: this.#refusal(place.region), outlined: false };
  }

  // ---- by pointer ----

  /** A point of the window in the frame, which may be drawn smaller than it is. */
  toFrame(x: number, y: number): { x: number; y: number; inside: boolean } {
    const frame = this.frame as HTMLIFrameElement;
    const rect = frame.getBoundingClientRect();
    const scale = rect.width / frame.offsetWidth;
    return { x: (x - rect.left) / scale, y: (y - rect.top) / scale, inside: x >= rect.left && x < rect.right && y >= rect.top && y < rect.bottom };
  }

  #placeAt(x: number, y: number): Place | undefined {
    const hit = this.doc?.elementFromPoint(x, y);
    const places = this.places().filter((place) => this.#mayHold(place));
    const holding = places.filter((place) => place.parent.contains(hit ?? null));
    const depth = (place: Place): number => {
      let n = 0;
      for (let at: Element | null = place.parent; at; at = at.parentElement) n++;
      return n;
    };
    holding.sort((a, b) => depth(b) - depth(a));
    const deepest = holding.filter((place) => place.parent === holding[0]?.parent);
    return deepest.find((place) => place.blocks.some((block) => block.contains(hit ?? null))) ?? (deepest.length === 1 ? deepest[0] : places.find((place) => place.region === 'main'));
  }

  #indexIn(place: Place, x: number, y: number): number {
    const blocks = this.#blocksWithout(place);
    const at = blocks.findIndex((block) => {
      const rect = block.getBoundingClientRect();
      const beside = rect.width < place.parent.getBoundingClientRect().width * BESIDE;
      return y < rect.top || (y < rect.bottom && (beside ? x < rect.left + rect.width / 2 : y < rect.top + rect.height / 2));
    });
    return at < 0 ? blocks.length : at;
  }

  #locate(): void {
    const outlined = this.#outlineSpot();
    if (outlined) {
      this.spot = outlined;
      this.#scroll = 0;
      return;
    }
    const at = this.toFrame(this.x, this.y);
    const place = at.inside ? this.#placeAt(at.x, at.y) : undefined;
    this.spot = place && this.#spotIn(place, this.#indexIn(place, at.x, at.y));
    this.#scrollNear(at);
  }

  /** Among the rows of the outline, where also what the canvas does not show can be reached. */
  #outlineSpot(): Spot | undefined {
    const tree = document.elementFromPoint(this.x, this.y)?.closest<HTMLElement>('[data-tree]');
    const region = tree?.dataset['tree'];
    const moving = this.payload?.block;
    if (!tree || region === undefined) return undefined;
    if (moving && [moving, ...editor.inside(moving).map((block) => block.id)].includes(region.split('/')[0] ?? '')) return undefined;
    const rows = [...tree.querySelectorAll<HTMLElement>(':scope > li > [data-row]')].filter((row) => row.dataset['row'] !== moving);
    const found = rows.findIndex((row) => this.y < row.getBoundingClientRect().top + row.offsetHeight / 2);
    const index = found < 0 ? rows.length : found;
    const own = tree.getBoundingClientRect();
    const y = rows[index]?.getBoundingClientRect().top ?? own.bottom;
    const rect = { x: own.left, y: y - 2, w: own.width, h: 4, upright: false };
    return { region, index, after: rows[index - 1]?.dataset['row'] ?? '', rect, refused: this.#refusal(region), outlined: true };
  }

  #scrollNear(at: { y: number; inside: boolean }): void {
    const height = this.frame?.offsetHeight ?? 0;
    this.#scroll = !at.inside ? 0 : at.y < EDGE_PX ? at.y - EDGE_PX : at.y > height - EDGE_PX ? at.y - height + EDGE_PX : 0;
    if (this.#scroll && !this.#timer) this.#timer = requestAnimationFrame(() => this.#scrollOn());
  }

  #scrollOn(): void {
    this.#timer = 0;
    if (!this.#scroll || !this.payload) return;
    this.doc?.defaultView?.scrollBy(0, this.#scroll / 4);
    this.#locate();
  }

  /** Listens on something that can be dragged. */
  source(element: HTMLElement, payload: () => Payload | undefined): () => void {
    const down = (event: PointerEvent): void => {
      if (event.button === 0 && editor.canEdit) this.#press(element, event, payload);
    };
    const key = (event: KeyboardEvent): void => {
      if ((event.key !== 'Enter' && event.key !== ' ') || !editor.canEdit) return;
      event.preventDefault();
      const taken = payload();
      if (taken) this.#walk(element, taken);
    };
    element.addEventListener('pointerdown', down);
    element.addEventListener('keydown', key);
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('keydown', key);
    };
  }

  #press(element: HTMLElement, first: PointerEvent, payload: () => Payload | undefined): void {
    const touch = first.pointerType === 'touch';
    const { body } = document; // `element` goes when another page is opened meanwhile
    const isOurs = (event: PointerEvent): boolean => event.pointerId === first.pointerId;
    const away = new AbortController();
    const take = (): void => {
      const taken = payload();
      if (!taken) return away.abort();
      body.setPointerCapture(first.pointerId);
      this.#begin(taken, 'pointer');
      this.#follow(first);
    };
    const timer = touch ? setTimeout(take, LONG_PRESS_MS) : 0;
    const options = { signal: away.signal };
    body.addEventListener('pointermove', (event) => {
      if (!isOurs(event)) return;
      const far = Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY) > (touch ? 8 : START_PX);
      if (this.payload) this.#follow(event);
      else if (far && touch) away.abort();
      else if (far) take();
    }, options);
    const end = (cancel: boolean) => (event?: PointerEvent): void => {
      if (event && !isOurs(event)) return;
      away.abort();
      if (this.payload) void this.#finish(cancel);
    };
    element.addEventListener('touchmove', (event) => this.payload && event.preventDefault(), { ...options, passive: false });
    body.addEventListener('pointerup', end(false), options);
    body.addEventListener('pointercancel', end(true), options);
    element.addEventListener('contextmenu', (event) => touch && event.preventDefault(), options);
    addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.payload) return;
      event.preventDefault();
      end(true)();
    }, { ...options, capture: true });
    away.signal.addEventListener('abort', () => clearTimeout(timer));
  }

  #follow(event: PointerEvent): void {
    this.x = event.clientX;
    this.y = event.clientY;
    this.#locate();
  }

  #begin(payload: Payload, by: 'pointer' | 'keyboard'): void {
    this.payload = payload;
    this.by = by;
    editor.say(t('picked_up', { name: this.nameOf(payload) }));
  }

  async #finish(cancel: boolean): Promise<void> {
    if (!cancel) await this.over?.();
    const { payload, spot } = this;
    this.#scroll = 0;
    this.payload = undefined;
    this.spot = undefined;
    if (!payload) return;
    if (cancel || !spot) return editor.say(t('cancelled'));
    if (spot.refused) return editor.tell(spot.refused, true);
    const name = this.nameOf(payload);
    if (await this.#putDown(payload, spot)) editor.say(t('placed', { name, region: editor.regionName(spot.region), i: spot.index + 1 }));
  }

  async #putDown({ component = '', block, carried }: Payload, { region, after }: Spot): Promise<boolean> {
    if (carried) return carried.putDown(region, after);
    return block ? editor.move(block, region, after) : !!(await editor.add(component, region, after));
  }

  // ---- by keyboard ----

  #spots(): Spot[] {
    return this.places()
      .filter((place) => this.#mayHold(place) && !this.#refusal(place.region))
      .flatMap((place) => this.#blocksWithout(place).concat([place.parent as HTMLElement]).map((_, index) => this.#spotIn(place, index)));
  }

  #walk(element: HTMLElement, payload: Payload): void {
    const fixed = payload.block && editor.lockOn(payload.block, 'fixed');
    if (fixed) return editor.tell(t('block_fixed', { unit: fixed }), true);
    this.#begin(payload, 'keyboard');
    let at = this.#startOf(payload);
    const show = (page = ''): void => {
      const count = this.#spots().length;
      at = (at + count) % count;
      const y = this.#spots()[at]?.rect.y ?? 0;
      const height = this.frame?.offsetHeight ?? 0;
      if (y < EDGE_PX || y > height - EDGE_PX) this.doc?.defaultView?.scrollBy(0, y - height / 2);
      this.spot = this.#spots()[at];
      const place = t('place_at', { region: editor.regionName(this.spot?.region ?? ''), i: (this.spot?.index ?? 0) + 1, n: count });
      editor.say(page ? `${page}：${place}` : place);
    };
    const away = new AbortController();
    const key = (event: KeyboardEvent): void => {
      const turn = { PageDown: 1, PageUp: -1 }[event.key];
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === 'Tab' || event.key === 'Escape' || event.key === 'Enter' || event.key === ' ') {
        away.abort();
        void this.#finish(event.key === 'Tab' || event.key === 'Escape').then(() => (element.isConnected ? element : this.#grip())?.focus());
      } else if (turn) {
        void import('./carry.ts').then(({ carryOn }) => carryOn(turn)).then((page) => {
          if (!page || !this.payload) return;
          at = this.#startOf(this.payload);
          show(page);
        }).catch((error: unknown) => editor.fail(error));
      } else if (step) {
        at += step;
        show();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    addEventListener('keydown', key, { capture: true, signal: away.signal });
    show();
  }

  /** Of what is selected, which it is once it was put down. */
  #grip(): HTMLElement | null {
    return document.querySelector('.box[data-block] .grip');
  }

  /** Where the block stands, or behind what is selected. */
  #startOf(payload: Payload): number {
    const spots = this.#spots();
    const near = payload.block ?? editor.selected[0];
    const block = near === undefined ? undefined : editor.find(near);
    if (!block) return Math.max(0, spots.findIndex((spot) => spot.region === 'main'));
    const ids = editor.inRegion(block.region).filter((one) => one.shown).map((one) => one.id);
    const index = ids.indexOf(block.id) + (payload.block ? 0 : 1);
    return Math.max(0, spots.findIndex((spot) => spot.region === block.region && spot.index === index));
  }
}

export const drag = new Drag();
