/* Arranging one's page: cards are dragged by touch, mouse and keyboard, put away and brought back. Every change is
   sent to the server, one after the other; nothing is decided here. */
import type { Change, Send } from './change.ts';

type Row = HTMLElement;

const idOf = (row: Row) => row.dataset.id ?? '';

/** `send` and `slackPx` are the caller's, so that this file shares no chunk with the page's script. */
export function arrange(main: HTMLElement, send: Send, slackPx: number) {
  const part = (id: string) => document.getElementById(id) as HTMLElement;
  const [shown, hidden, voice, failed] = ['shown', 'hidden', 'say', 'failed'].map(part) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let queue: Promise<void> = Promise.resolve();

  const rows = () => [...shown.children] as HTMLElement[];
  const titleOf = (row: Row) => row.querySelector('.card-row-title')?.textContent ?? '';
  const previous = (row: Row) => (row.previousElementSibling as Row | null)?.dataset.id ?? '';
  const isFixed = (row: Row) => 'fixed' in row.dataset;
  const say = (what: string, row?: Row) => {
    voice.textContent = (main.dataset[what] ?? '').replace('%1', row ? titleOf(row) : '').replace('%2', String(row ? rows().indexOf(row) + 1 : 0)).replace('%3', String(shown.children.length));
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

  /** Lets rows glide from where they stood. */
  const glide = (change: () => void, but?: Row) => {
    const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
    change();
    if (still.matches) return;
    for (const [row, top] of before) {
      const by = top - row.getBoundingClientRect().top;
      if (by && row !== but) row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], { duration: 180, easing: 'cubic-bezier(.2,0,0,1)' });
    }
  };
  const place = (row: Row, before: Element | null) => glide(() => shown.insertBefore(row, before));
  const keepPlace = (row: Row, before: Element | null) => save({ move: idOf(row), after: previous(row) }, () => place(row, before));

  /* ---- by hand ---- */

  function drag(row: Row, start: PointerEvent) {
    const origin = row.nextElementSibling;
    let y = start.clientY;
    const grip = y - row.getBoundingClientRect().top;
    let frame = 0;
    const settle = () => { row.style.translate = `0 ${y - grip - (row.getBoundingClientRect().top - offset())}px`; };
    const offset = () => parseFloat(row.style.translate.split(' ')[1] ?? '0') || 0;
    const step = () => {
      const edge = 72;
      const by = y < edge + 48 ? y - edge - 48 : y > innerHeight - edge ? y - innerHeight + edge : 0;
      if (by) scrollBy({ top: by / 5, behavior: 'instant' });
      settle();
      const middle = row.offsetTop + offset() + row.offsetHeight / 2;
      const above = row.previousElementSibling as Row | null;
      const below = row.nextElementSibling as Row | null;
      const center = (other: Row) => other.offsetTop + other.offsetHeight / 2;
      if (above && middle < center(above)) glide(() => above.before(row), row);
      else if (below && middle > center(below)) glide(() => below.after(row), row);
      settle();
      frame = requestAnimationFrame(step);
    };
    const finish = (event: Event) => {
      cancelAnimationFrame(frame);
      for (const [name, handler] of Object.entries(handlers)) removeEventListener(name, handler as EventListener, true);
      row.classList.remove('lifted');
      row.style.translate = '';
      if (event.type === 'pointerup') {
        if (row.nextElementSibling !== origin) keepPlace(row, origin);
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
      if (moved.type === 'pointermove' && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < slackPx) return;
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

  let held: { row: Row; grip: HTMLElement; origin: Element | null } | null = null;
  const letGo = (what: string) => {
    if (!held) return;
    const { row, grip, origin } = held;
    held = null;
    grip.setAttribute('aria-pressed', 'false');
    row.classList.remove('lifted');
    if (what === 'cancelled') place(row, origin);
    else if (row.nextElementSibling !== origin) keepPlace(row, origin);
    say(what, row);
    grip.focus();
  };
  shown.addEventListener('keydown', (event) => {
    const grip = (event.target as Element).closest<HTMLElement>('.grip');
    if (!grip) return;
    const row = grip.closest<Row>('.card-row') as Row;
    const lift = event.key === 'Enter' || event.key === ' ';
    if (lift && !held) {
      held = { row, grip, origin: row.nextElementSibling };
      grip.setAttribute('aria-pressed', 'true');
      row.classList.add('lifted');
      say('lifted', row);
    } else if (lift) {
      letGo('dropped');
    } else if (held && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const up = event.key === 'ArrowUp';
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (other) {
        glide(() => { if (up) other.before(row); else other.after(row); });
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
    up: (row, button) => step(row, button, row.previousElementSibling, true),
    down: (row, button) => step(row, button, row.nextElementSibling, false),
    hide: (row) => {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      const origin = row.nextElementSibling;
      glide(() => hidden.append(row), row);
      save({ hide: idOf(row) }, () => place(row, origin));
      next?.querySelector<HTMLElement>('button:not([hidden])')?.focus();
      say('hidden', row);
    },
    show: (row) => {
      const origin = row.nextElementSibling;
      glide(() => shown.append(row), row);
      save({ show: idOf(row) }, () => hidden.insertBefore(row, origin));
      if (isFixed(row)) queue = queue.then(() => location.reload());
      else save({ move: idOf(row), after: previous(row) }, () => {});
      row.querySelector<HTMLElement>('button:not([hidden])')?.focus();
      say('shown', row);
    },
  };
  function step(row: Row, button: HTMLButtonElement, other: Element | null, up: boolean) {
    if (!other) return;
    const origin = row.nextElementSibling;
    glide(() => { if (up) other.before(row); else other.after(row); });
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
