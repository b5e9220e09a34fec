/* What a page does beyond the server's HTML: it stays current, sends actions in the background, opens without a
   connection. Without script everything works by links and forms. */
import * as act from './act.ts';
import * as keep from './keep.ts';
import * as live from './live.ts';
import { body, onChange } from './page.ts';
import { inTrouble, onRetry, show } from './status.ts';

const REST_MS = 500;

const link = document.querySelector<HTMLAnchorElement>('.arrange-link a');
const marks = document.querySelectorAll('.new-mark');
if (link || marks.length) void import('./ways.ts').then((ways) => ways.start(link, marks));

onRetry(live.retry);
onChange(show); // its words may be others
addEventListener('offline', show);
show();
act.start();
/* That a link of a card is followed is counted; what is done on the card itself the server sees. */
addEventListener('click', ({ target }) => {
  const block = (target as Element).closest('a[href]')?.closest('.b');
  if (block) navigator.sendBeacon(`/used?page=${body().dataset.page}&block=${block.id.slice(2)}`);
});
void live.start().then(() => setTimeout(() => void inTrouble().then(keep.start).catch(() => {}), REST_MS));
