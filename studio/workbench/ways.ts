/* What a page that may be arranged does: a long press on a card leads there, and what is new counts as seen once it was
   in sight. Loaded by the pages that need it. */
import { SLACK_PX, send } from './change.ts';

const PRESS_MS = 500;

function leadToArranging(link: HTMLAnchorElement) {
  let timer: ReturnType<typeof setTimeout>;
  let pressed = false;
  let from = { x: 0, y: 0 };
  const end = () => clearTimeout(timer);
  addEventListener('pointerdown', (event) => {
    const card = (event.target as Element).closest('main > .b');
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

function watchNews(page: string, marks: Iterable<Element>) {
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

export function start(link: HTMLAnchorElement | null, marks: NodeListOf<Element>) {
  if (link) leadToArranging(link);
  if (marks.length) watchNews(location.pathname.split('/').pop() ?? '', marks);
}
