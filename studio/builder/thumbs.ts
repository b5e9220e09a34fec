// Pictures in the palette are pages of their own. They wait until the canvas stands, and come one by one as they come into
// sight, so that none of them is in the way of what one does; a frame costs even while it is empty.
import { drag } from './drag.svelte.ts';

interface Picture {
  room: HTMLElement;
  address: string;
}

const PAUSE_MS = 40;
let waiting: Picture[] = [];
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
  const picture = drag.payload ? undefined : waiting.shift();
  if (!picture) return wake();
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin');
  frame.tabIndex = -1;
  frame.inert = true;
  frame.title = '';
  frame.src = picture.address;
  frame.addEventListener('load', wake, { once: true });
  picture.room.replaceChildren(frame);
}

/** An attachment: there is a picture of the page in it, when it is its turn. */
export const thumb = (address: string) => (room: HTMLElement): (() => void) => {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    waiting.push({ room, address });
    wake();
  });
  watch.observe(room);
  return () => {
    watch.disconnect();
    waiting = waiting.filter((picture) => picture.room !== room);
    wake(); // the one that goes may be what the others wait for
  };
};
