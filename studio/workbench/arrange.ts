/* Arranging one's page: cards are dragged by touch, mouse and keyboard, put away and brought back. Every change is
   sent to the server, one after the other; nothing is decided here. */
import { SLACK_PX, send, type Change } from './change.ts';

type Row = HTMLElement;
type List = HTMLElement;
/** Before which row of a list; null: at its end. */
interface Place { list: List; before: Element | null }

const idOf = (row: Row) => row.dataset.id ?? '';

function arrange(main: HTMLElement) {
  const part = (id: string) => document.getElementById(id) as HTMLElement;
  const [shown, hidden, voice, failed] = ['shown', 'hidden', 'say', 'failed'].map(part) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let queue: Promise<void> = Promise.resolve();

  const rows = () => [...shown.querySelectorAll<Row>('.card-row')];
  const listOf = (row: Row) => row.parentElement as List;
  const titleOf = (row: Row) => row.querySelector('.card-row-title')?.textContent ?? '';
  const nameOf = (row: Row) => titleOf(row) + (listOf(row).dataset.of ? ` · ${listOf(row).dataset.of}` : '');
  const previous = (row: Row) => (row.previousElementSibling as Row | null)?.dataset.id ?? '';
  const isFixed = (row: Row) => 'fixed' in row.dataset;
  const placeOf = (row: Row): Place => ({ list: listOf(row), before: row.nextElementSibling });
  const isAt = (row: Row, at: Place) => row.parentElement === at.list && row.nextElementSibling === at.before;
  /** The lists of a card that holds others. */
  const inner = (row: Element) => [...row.querySelectorAll<List>(':scope > .card-region > .cards-shown')];
  const isOpen = (list: List) => !('closed' in list.dataset);
  const say = (what: string, row?: Row) => {
    const beside = row ? [...listOf(row).children] : [];
    voice.textContent = (main.dataset[what] ?? '').replace('%1', row ? nameOf(row) : '').replace('%2', String(row ? beside.indexOf(row) + 1 : 0)).replace('%3', String(beside.length));
  };

  /** Sends a change; when it fails, `undo` puts back what was shown. */
  const save = (change: Change, undo: () => void) => {
    failed.hidden = true;
    queue = queue.then(() => send(main.dataset.page ?? '', change)).catch(() => {
      undo();
      failed.hidden = false;
      say('failed');
    });
  };

  /** Lets rows glide from where they stood; what stands in a row goes with it. */
  const glide = (change: () => void, but?: Row) => {
    const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
    change();
    if (still.matches) return;
    const gone = new Map<Element, number>();
    for (const row of rows()) {
      const by = (before.get(row) ?? NaN) - row.getBoundingClientRect().top;
      const outer = listOf(row).closest('.card-row');
      const own = by - (outer ? gone.get(outer) ?? 0 : 0);
      gone.set(row, by);
      if (own && row !== but) row.animate([{ transform: `translateY(${own}px)` }, { transform: 'none' }], { duration: 180, easing: 'cubic-bezier(.2,0,0,1)' });
    }
  };
  const place = (row: Row, at: Place, but?: Row) => glide(() => at.list.insertBefore(row, at.before), but);
  const keepPlace = (row: Row, origin: Place) => save({ move: idOf(row), into: listOf(row).dataset.region ?? '', after: previous(row) }, () => place(row, origin));

  /** Where a card goes by one step: into the cards that hold others and out of them. */
  const stepOf = (row: Row, up: boolean): Place | null => {
    const list = listOf(row);
    const beside = up ? row.previousElementSibling : row.nextElementSibling;
    const end = (to: List) => ({ list: to, before: up ? null : to.firstElementChild });
    const nearest = (lists: List[]) => (up ? lists.reverse() : lists).find(isOpen);
    if (beside) {
      const into = inner(row).length ? undefined : nearest(inner(beside));
      return into ? end(into) : { list, before: up ? beside : beside.nextElementSibling };
    }
    const owner = list.closest<Row>('.card-row');
    if (!owner) return null;
    const all = inner(owner);
    const next = nearest(up ? all.slice(0, all.indexOf(list)) : all.slice(all.indexOf(list) + 1));
    if (next) return end(next);
    return isOpen(listOf(owner)) ? { list: listOf(owner), before: up ? owner : owner.nextElementSibling } : null;
  };

  /* ---- by hand ---- */

  /* Where things stand on the page, whatever glides. */
  const topOf = (at: HTMLElement | null): number => (at ? at.offsetTop + topOf(at.offsetParent as HTMLElement | null) : 0);
  const bottomOf = (at: HTMLElement) => topOf(at) + at.offsetHeight;

  /** Where in `list` a card belongs whose middle is at `y`; one that holds cards goes into no other. */
  function aim(row: Row, home: List, list: List, y: number): Place {
    for (const other of list.children as Iterable<Element> as Iterable<Row>) {
      if (other === row || y > bottomOf(other)) continue;
      const lists = inner(row).length ? [] : inner(other).filter((one) => isOpen(one) || one === home);
      const line = (lists.length ? other.querySelector<HTMLElement>('.card-line') : null) ?? other;
      if (y < topOf(line) + line.offsetHeight / 2) return { list, before: other };
      const into = lists.find((one) => y <= bottomOf(one.parentElement as HTMLElement));
      if (into) return aim(row, home, into, y);
      const next = other.nextElementSibling;
      return { list, before: next === row ? row.nextElementSibling : next };
    }
    return { list, before: null };
  }

  function drag(row: Row, start: PointerEvent) {
    const origin = placeOf(row);
    const line = row.querySelector<HTMLElement>('.card-line') ?? row;
    let y = start.clientY;
    const grip = y - row.getBoundingClientRect().top;
    let frame = 0;
    const settle = () => { row.style.translate = `0 ${y - grip - (row.getBoundingClientRect().top - offset())}px`; };
    const offset = () => parseFloat(row.style.translate.split(' ')[1] ?? '0') || 0;
    const step = () => {
      const edge = 72;
      const by = y < edge + 48 ? y - edge - 48 : y > innerHeight - edge ? y - innerHeight + edge : 0;
      if (by) scrollBy({ top: by / 5, behavior: 'instant' });
      const at = aim(row, origin.list, shown, y - grip + scrollY + line.offsetHeight / 2);
      if (!isAt(row, at) && (isOpen(at.list) || at.list === origin.list)) place(row, at, row);
      settle();
      frame = requestAnimationFrame(step);
    };
    const finish = (event: Event) => {
      cancelAnimationFrame(frame);
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler as EventListener, true);
      row.classList.remove('lifted');
      row.style.translate = '';
      if (event.type === 'pointerup') {
        if (!isAt(row, origin)) keepPlace(row, origin);
        say('dropped', row);
      } else {
        place(row, origin);
        say('cancelled', row);
      }
    };
    const handlers = {
      pointermove: (event: PointerEvent) => { y = event.clientY; },
      pointerup: finish,
      pointercancel: finish,
      keydown: (event: KeyboardEvent) => { if (event.key === 'Escape') finish(event); },
      touchmove: (event: TouchEvent) => event.preventDefault(),
    };
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler as EventListener, { capture: true, passive: false });
    row.classList.add('lifted');
    say('lifted', row);
    navigator.vibrate?.(10);
    step();
  }

  /* On the grip at once, elsewhere on the row after a moment, so that a swipe still scrolls. */
  shown.addEventListener('pointerdown', (event) => {
    const at = event.target as Element;
    const row = at.closest<Row>('.card-row');
    const onGrip = at.closest('.grip');
    if (!row || isFixed(row) || event.button || !event.isPrimary || (at.closest('button') && !onGrip)) return;
    const timer = setTimeout(begin, onGrip && event.pointerType === 'mouse' ? 0 : onGrip ? 80 : 300);
    const watch = (moved: PointerEvent) => {
      if (moved.type === 'pointermove' && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < SLACK_PX) return;
      if (moved.type === 'pointermove' && onGrip) begin();
      else stop();
    };
    const names = ['pointermove', 'pointerup', 'pointercancel'] as const;
    function stop() {
      clearTimeout(timer);
      for (const name of names) removeEventListener(name, watch, true);
    }
    function begin() {
      stop();
      drag(row as Row, event);
    }
    for (const name of names) addEventListener(name, watch, true);
  });
  shown.addEventListener('contextmenu', (event) => event.preventDefault());

  /* ---- by keyboard: Enter lifts, arrows move, Enter drops, Escape cancels ---- */

  let held: { row: Row; grip: HTMLElement; origin: Place } | null = null;
  const letGo = (what: string) => {
    if (!held) return;
    const { row, grip, origin } = held;
    held = null;
    grip.setAttribute('aria-pressed', 'false');
    row.classList.remove('lifted');
    if (what === 'cancelled') place(row, origin);
    else if (!isAt(row, origin)) keepPlace(row, origin);
    say(what, row);
    grip.focus();
  };
  shown.addEventListener('keydown', (event) => {
    const grip = (event.target as Element).closest<HTMLElement>('.grip');
    if (!grip) return;
    const row = grip.closest<Row>('.card-row') as Row;
    const lift = event.key === 'Enter' || event.key === ' ';
    if (lift && !held) {
      held = { row, grip, origin: placeOf(row) };
      grip.setAttribute('aria-pressed', 'true');
      row.classList.add('lifted');
      say('lifted', row);
    } else if (lift) {
      letGo('dropped');
    } else if (held && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const to = stepOf(row, event.key === 'ArrowUp');
      if (to) {
        place(row, to);
        grip.focus();
        row.scrollIntoView({ block: 'nearest' });
        say('moved', row);
      }
    } else if (held && event.key === 'Escape') {
      letGo('cancelled');
    } else {
      return;
    }
    event.preventDefault();
  });
  shown.addEventListener('focusout', () => {
    const { row } = held ?? {};
    setTimeout(() => { if (row && held?.row === row && !row.contains(document.activeElement)) letGo('dropped'); });
  });

  /* ---- by buttons ---- */

  const acts: Record<string, (row: Row, button: HTMLButtonElement) => void> = {
    up: (row, button) => step(row, button, stepOf(row, true)),
    down: (row, button) => step(row, button, stepOf(row, false)),
    hide: (row) => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      const origin = placeOf(row);
      row.dataset.home = origin.list.dataset.region;
      glide(() => hidden.append(row), row);
      save({ hide: idOf(row) }, () => place(row, origin));
      next?.querySelector<HTMLElement>('button:not([hidden])')?.focus();
      say('hidden', row);
    },
    show: (row) => {
      const origin = placeOf(row);
      const list = document.querySelector<List>(`.cards-shown[data-region="${row.dataset.home}"]`) ?? shown;
      const comesBack = isFixed(row) || !isOpen(list) || ('holds' in row.dataset && !inner(row).length);
      glide(() => list.append(row), row);
      save({ show: idOf(row) }, () => place(row, origin));
      if (comesBack) queue = queue.then(() => location.reload());
      else keepPlace(row, placeOf(row));
      row.querySelector<HTMLElement>('button:not([hidden])')?.focus();
      say('shown', row);
    },
  };
  function step(row: Row, button: HTMLButtonElement, to: Place | null) {
    if (!to) return;
    const origin = placeOf(row);
    place(row, to);
    keepPlace(row, origin);
    button.focus();
    say('moved', row);
  }
  function pin(button: HTMLButtonElement) {
    const on = button.name === 'pin';
    const turn = (to: boolean) => { button.name = to ? 'unpin' : 'pin'; button.setAttribute('aria-pressed', String(to)); };
    save({ [button.name]: button.value }, () => turn(!on));
    turn(on);
    voice.textContent = (main.dataset[on ? 'pinned' : 'unpinned'] ?? '').replace('%1', button.querySelector('.tile-label')?.textContent ?? '');
  }
  main.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>('button[form=arrange]');
    const row = button?.closest<Row>('.card-row');
    if (!button || button.name === 'restore') return;
    event.preventDefault();
    if (row) acts[button.name]?.(row, button);
    else pin(button);
  });
  /* What is still on its way is waited for before the page goes. */
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    queue.then(() => location.assign(link.href));
  });
  for (const grip of main.querySelectorAll<HTMLElement>('.grip')) grip.hidden = false;
  main.classList.add('by-hand');
}

arrange(document.querySelector('main.arrange') as HTMLElement);
