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

  /** @typedef {{ list: HTMLElement, before: Element | null }} Place */
  /** @returns {HTMLElement[]} */
  const rows = () => /** @type {any} */ ([...shown.querySelectorAll('.card-row')]);
  const titleOf = (row) => row.querySelector('.card-row-title').textContent;
  const nameOf = (row) => titleOf(row) + (row.parentElement.dataset.of ? ` · ${row.parentElement.dataset.of}` : '');
  const previous = (row) => /** @type {HTMLElement | null} */ (row.previousElementSibling)?.dataset.id ?? '';
  const isFixed = (row) => 'fixed' in row.dataset;
  const placeOf = (row) => ({ list: row.parentElement, before: row.nextElementSibling });
  const isAt = (row, at) => row.parentElement === at.list && row.nextElementSibling === at.before;
  /** The lists of a card that holds others. @returns {HTMLElement[]} */
  const inner = (row) => /** @type {any} */ ([...row.querySelectorAll(':scope > .card-region > .cards-shown')]);
  const isOpen = (list) => !('closed' in list.dataset);
  const say = (what, row) => {
    voice.textContent = main.dataset[what].replace('%1', row ? nameOf(row) : '')
      .replace('%2', row ? String([...row.parentElement.children].indexOf(row) + 1) : '').replace('%3', row ? String(row.parentElement.children.length) : '');
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

  /** Lets rows glide from where they stood; what stands in a row goes with it. */
  const glide = (change, but) => {
    const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
    change();
    if (still.matches) return;
    const gone = new Map();
    for (const row of rows()) {
      const by = (before.get(row) ?? NaN) - row.getBoundingClientRect().top;
      const own = by - (gone.get(row.parentElement?.closest('.card-row')) ?? 0);
      gone.set(row, by);
      if (own && row !== but) row.animate([{ transform: `translateY(${own}px)` }, { transform: 'none' }], { duration: 180, easing: 'cubic-bezier(.2,0,0,1)' });
    }
  };
  /** @param {Place} at */
  const place = (row, at, but) => glide(() => at.list.insertBefore(row, at.before), but);
  const keepPlace = (row, origin) => save({ move: row.dataset.id, into: row.parentElement.dataset.region, after: previous(row) }, () => place(row, origin));

  /** Where a card goes by one step: into the cards that hold others and out of them. @returns {Place | null} */
  const stepOf = (row, up) => {
    const list = row.parentElement;
    const beside = up ? row.previousElementSibling : row.nextElementSibling;
    const end = (to) => ({ list: to, before: up ? null : to.firstElementChild });
    const nearest = (lists) => (up ? lists.reverse() : lists).find(isOpen);
    if (beside) {
      const into = inner(row).length ? undefined : nearest(inner(beside));
      return into ? end(into) : { list, before: up ? beside : beside.nextElementSibling };
    }
    const owner = list.closest('.card-row');
    if (!owner) return null;
    const all = inner(owner);
    const next = nearest(up ? all.slice(0, all.indexOf(list)) : all.slice(all.indexOf(list) + 1));
    if (next) return end(next);
    return isOpen(owner.parentElement) ? { list: owner.parentElement, before: up ? owner : owner.nextElementSibling } : null;
  };

  /* ---- by hand ---- */

  /* Where things stand on the page, whatever glides. */
  const topOf = (at) => (at ? at.offsetTop + topOf(at.offsetParent) : 0);
  const bottomOf = (at) => topOf(at) + at.offsetHeight;

  /** Where in `list` a card belongs whose middle is at `y`; one that holds cards goes into no other. @returns {Place} */
  function aim(row, home, list, y) {
    for (const other of list.children) {
      if (other === row || y > bottomOf(other)) continue;
      const lists = inner(row).length ? [] : inner(other).filter((one) => isOpen(one) || one === home);
      const line = lists.length ? other.querySelector('.card-line') : other;
      if (y < topOf(line) + line.offsetHeight / 2) return { list, before: other };
      const into = lists.find((one) => y <= bottomOf(one.parentElement));
      if (into) return aim(row, home, into, y);
      const next = other.nextElementSibling;
      return { list, before: next === row ? row.nextElementSibling : next };
    }
    return { list, before: null };
  }

  /** @param {HTMLElement} row @param {PointerEvent} start */
  function drag(row, start) {
    const origin = placeOf(row);
    const line = /** @type {HTMLElement} */ (row.querySelector('.card-line'));
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
    const move = (event) => { y = event.clientY; };
    const finish = (event) => {
      cancelAnimationFrame(frame);
      for (const name of ['pointermove', 'pointerup', 'pointercancel', 'keydown', 'touchmove']) removeEventListener(name, handlers[name], true);
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

  /** @type {{ row: HTMLElement, grip: HTMLElement, origin: Place } | null} */
  let held = null;
  const letGo = (what) => {
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
    const grip = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('.grip'));
    if (!grip) return;
    const row = /** @type {HTMLElement} */ (grip.closest('.card-row'));
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

  /** @type {Record<string, (row: HTMLElement, button: HTMLButtonElement) => void>} */
  const acts = {
    up: (row, button) => step(row, button, stepOf(row, true)),
    down: (row, button) => step(row, button, stepOf(row, false)),
    hide: (row) => {
      const next = /** @type {HTMLElement | null} */ (row.nextElementSibling ?? row.previousElementSibling);
      const origin = placeOf(row);
      row.dataset.home = origin.list.dataset.region;
      glide(() => hidden.append(row), row);
      save({ hide: row.dataset.id }, () => place(row, origin));
      /** @type {HTMLElement | null} */ (next?.querySelector('button:not([hidden])'))?.focus();
      say('hidden', row);
    },
    show: (row) => {
      const origin = placeOf(row);
      const list = document.querySelector(`.cards-shown[data-region="${row.dataset.home}"]`) ?? shown;
      const comesBack = isFixed(row) || !isOpen(list) || ('holds' in row.dataset && !inner(row).length);
      glide(() => list.append(row), row);
      save({ show: row.dataset.id }, () => place(row, origin));
      if (comesBack) queue = queue.then(() => location.reload());
      else keepPlace(row, placeOf(row));
      /** @type {HTMLElement | null} */ (row.querySelector('button:not([hidden])'))?.focus();
      say('shown', row);
    },
  };
  function step(row, button, to) {
    if (!to) return;
    const origin = placeOf(row);
    place(row, to);
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
