// Pictures in the palette are pages of their own. They wait until the canvas stands, and come one by one as they come into
// sight, so that none of them is in the way of what one does.
import { drag } from './drag.svelte.ts';

const PAUSE_MS = 40;
const waiting: HTMLIFrameElement[] = [];
let open = false;
let timer = 0;

export function showThumbs(): void {
  open = true;
  wake();
}

function wake(): void {
  if (open && !timer && waiting.length) timer = window.setTimeout(next, PAUSE_MS);
}

function next(): void {
  timer = 0;
  const frame = drag.payload ? undefined : waiting.shift();
  if (!frame) return wake();
  frame.addEventListener('load', wake, { once: true });
  frame.src = frame.dataset['src'] ?? '';
}

/** An attachment: the frame has its page when it is its turn. */
export function thumb(frame: HTMLIFrameElement): () => void {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    waiting.push(frame);
    wake();
  });
  watch.observe(frame);
  return () => {
    watch.disconnect();
    const at = waiting.indexOf(frame);
    if (at >= 0) waiting.splice(at, 1);
  };
}
