/* What a page that people may arrange does beyond the server's HTML: a long press leads to arranging, cards are
   dragged by touch, mouse and keyboard, and what is new counts as seen once it was in sight. Every change is sent to
   the server, one after the other; nothing is decided here. */

/** @param {string} page @param {Record<string, string>} change */
const send = async (page, change) => {
  const reply = await fetch('/arrange', {
    method: 'POST', keepalive: true, headers: { Accept: 'application/json' }, body: new URLSearchParams({ page, ...change }),
  });
  if (!reply.ok) throw new Error(String(reply.status));
};

/* ---- a page: the way to arranging, and what is new ---- */

const PRESS_MS = 500;
const SLACK_PX = 10;

/** @param {HTMLAnchorElement} link */
function leadToArranging(link) {
  let timer = 0;
  let pressed = false;
  let from = { x: 0, y: 0 };
  const end = () => clearTimeout(timer);
  addEventListener('pointerdown', (event) => {
    const card = /** @type {Element} */ (event.target).closest('main > .b');
    end();
    pressed = false;
    if (!card || !event.isPrimary || event.button) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      pressed = true;
      navigator.vibrate?.(10);
      location.assign(`${link.href}#${card.id.replace(/^b-/, 'card-')}`);
    }, PRESS_MS);
  });
  addEventListener('pointermove', (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK_PX) end();
  });
  for (const name of ['pointerup', 'pointercancel', 'scroll', 'dragstart']) addEventListener(name, end, { capture: true, passive: true });
  for (const name of ['click', 'contextmenu']) addEventListener(name, (event) => { if (pressed) event.preventDefault(); }, { capture: true });
  addEventListener('pageshow', () => { pressed = false; });
}

/** @param {string} page @param {Element[]} marks */
function watchNews(page, marks) {
  const unseen = new Set(marks);
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      unseen.delete(entry.target);
      sight.unobserve(entry.target);
    }
    if (!unseen.size) send(page, { seen: 'all' }).catch(() => {});
  }, { threshold: 1 });
  for (const mark of marks) sight.observe(mark);
}

/* ---- arranging ---- */

/** @param {HTMLElement} main */
function arrange(main) {
  const shown = /** @type {HTMLElement} */ (document.getElementById('shown'));
  const hidden = /** @type {HTMLElement} */ (document.getElementById('hidden'));
  const voice = /** @type {HTMLElement} */ (document.getElementById('say'));
  const failed = /** @type {HTMLElement} */ (document.getElementById('failed'));
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let queue = Promise.resolve();

  /** @returns {HTMLElement[]} */
  const rows = () => /** @type {any} */ ([...shown.children]);
  const titleOf = (row) => row.querySelector('.card-row-title').textContent;
  const previous = (row) => /** @type {HTMLElement | null} */ (row.previousElementSibling)?.dataset.id ?? '';
  const isFixed = (row) => 'fixed' in row.dataset;
  const say = (what, row) => {
    voice.textContent = main.dataset[what].replace('%1', row ? titleOf(row) : '').replace('%2', String(rows().indexOf(row) + 1)).replace('%3', String(shown.children.length));
  };

  /** Sends a change; when it fails, `undo` puts back what was shown. */
  const save = (change, undo) => {
    failed.hidden = true;
    queue = queue.then(() => send(main.dataset.page, change)).catch(() => {
      undo();
      failed.hidden = false;
      say('failed');
    });
  };

  /** Lets rows glide from where they stood. */
  const glide = (change, but) => {
    const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
    change();
    if (still.matches) return;
    for (const [row, top] of before) {
      const by = top - row.getBoundingClientRect().top;
      if (by && row !== but) row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], { duration: 180, easing: 'cubic-bezier(.2,0,0,1)' });
    }
  };
  const place = (row, before) => glide(() => shown.insertBefore(row, before));
  const keepPlace = (row, before) => save({ move: row.dataset.id, after: previous(row) }, () => place(row, before));

  /* ---- by hand ---- */

  /** @param {HTMLElement} row @param {PointerEvent} start */
  function drag(row, start) {
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
      const above = /** @type {HTMLElement | null} */ (row.previousElementSibling);
      const below = /** @type {HTMLElement | null} */ (row.nextElementSibling);
      const center = (other) => other.offsetTop + other.offsetHeight / 2;
      if (above && middle < center(above)) glide(() => above.before(row), row);
      else if (below && middle > center(below)) glide(() => below.after(row), row);
      settle();
      frame = requestAnimationFrame(step);
    };
    const move = (event) => { y = event.clientY; };
    const finish = (event) => {
      cancelAnimationFrame(frame);
      for (const name of ['pointermove', 'pointerup', 'pointercancel', 'keydown', 'touchmove']) removeEventListener(name, handlers[name], true);
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
      pointermove: move, pointerup: finish, pointercancel: finish,
      keydown: (event) => { if (event.key === 'Escape') finish(event); },
      touchmove: (event) => event.preventDefault(),
    };
    for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler, { capture: true, passive: false });
    row.classList.add('lifted');
    say('lifted', row);
    navigator.vibrate?.(10);
    step();
  }

  /* On the grip at once, elsewhere on the row after a moment, so that a swipe still scrolls. */
  shown.addEventListener('pointerdown', (event) => {
    const at = /** @type {Element} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (at.closest('.card-row'));
    const onGrip = at.closest('.grip');
    if (!row || isFixed(row) || event.button || !event.isPrimary || (at.closest('button') && !onGrip)) return;
    const timer = setTimeout(begin, onGrip && event.pointerType === 'mouse' ? 0 : onGrip ? 80 : 300);
    const watch = (moved) => {
      if (moved.type === 'pointermove' && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < SLACK_PX) return;
      if (moved.type === 'pointermove' && onGrip) begin();
      else stop();
    };
    const names = ['pointermove', 'pointerup', 'pointercancel'];
    function stop() {
      clearTimeout(timer);
      for (const name of names) removeEventListener(name, watch, true);
    }
    function begin() {
      stop();
      drag(/** @type {HTMLElement} */ (row), event);
    }
    for (const name of names) addEventListener(name, watch, true);
  });
  shown.addEventListener('contextmenu', (event) => event.preventDefault());

  /* ---- by keyboard: Enter lifts, arrows move, Enter drops, Escape cancels ---- */

  /** @type {{ row: HTMLElement, grip: HTMLElement, origin: Element | null } | null} */
  let held = null;
  const letGo = (what) => {
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
    const grip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('.grip'));
    if (!grip) return;
    const row = /** @type {HTMLElement} */ (grip.closest('.card-row'));
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

  /** @type {Record<string, (row: HTMLElement, button: HTMLButtonElement) => void>} */
  const acts = {
    up: (row, button) => step(row, button, row.previousElementSibling, true),
    down: (row, button) => step(row, button, row.nextElementSibling, false),
    hide: (row) => {
      const next = /** @type {HTMLElement | null} */ (row.nextElementSibling ?? row.previousElementSibling);
      const origin = row.nextElementSibling;
      glide(() => hidden.append(row), row);
      save({ hide: row.dataset.id }, () => place(row, origin));
      /** @type {HTMLElement | null} */ (next?.querySelector('button:not([hidden])'))?.focus();
      say('hidden', row);
    },
    show: (row) => {
      const origin = row.nextElementSibling;
      glide(() => shown.append(row), row);
      save({ show: row.dataset.id }, () => hidden.insertBefore(row, origin));
      if (isFixed(row)) queue = queue.then(() => location.reload());
      else save({ move: row.dataset.id, after: previous(row) }, () => {});
      /** @type {HTMLElement | null} */ (row.querySelector('button:not([hidden])'))?.focus();
      say('shown', row);
    },
  };
  function step(row, button, other, up) {
    if (!other) return;
    const origin = row.nextElementSibling;
    glide(() => { if (up) other.before(row); else other.after(row); });
    keepPlace(row, origin);
    button.focus();
    say('moved', row);
  }
  function pin(button) {
    const on = button.name === 'pin';
    const turn = (to) => { button.name = to ? 'unpin' : 'pin'; button.setAttribute('aria-pressed', String(to)); };
    save({ [button.name]: button.value }, () => turn(!on));
    turn(on);
    voice.textContent = main.dataset[on ? 'pinned' : 'unpinned'].replace('%1', button.querySelector('.tile-label').textContent);
  }
  main.addEventListener('click', (event) => {
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {Element} */ (event.target).closest('button[form=arrange]'));
    const row = /** @type {HTMLElement | null} */ (button?.closest('.card-row'));
    if (!button || button.name === 'restore') return;
    event.preventDefault();
    if (row) acts[button.name](row, button);
    else pin(button);
  });
  /* What is still on its way is waited for before the page goes. */
  document.addEventListener('click', (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest('a[href]'));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    queue.then(() => location.assign(link.href));
  });
  for (const grip of main.querySelectorAll('.grip')) /** @type {HTMLElement} */ (grip).hidden = false;
  main.classList.add('by-hand');
}

const main = /** @type {HTMLElement | null} */ (document.querySelector('main.arrange'));
const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('.arrange-link a'));
const marks = [...document.querySelectorAll('.new-mark')];
if (main) arrange(main);
if (link) leadToArranging(link);
if (marks.length) watchNews(location.pathname.split('/').pop() ?? '', marks);
