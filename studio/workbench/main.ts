/* What a page does beyond the server's HTML: it stays current, sends actions in the background, opens without a
   connection. Without script everything works by links and forms. */
import * as act from './act.ts';
import * as keep from './keep.ts';
import * as live from './live.ts';
import { keepTime, onButton, show, status } from './status.ts';

const link = document.querySelector<HTMLAnchorElement>('.arrange-link a');
const marks = document.querySelectorAll('.new-mark');
if (link || marks.length) void import('./ways.ts').then((ways) => ways.start(link, marks));

onButton(() => { if (status.stop === 'out') void import('./door.ts').then((door) => door.openDoor(live.retry)); else live.retry(); });
keepTime();
show();
act.start();
void live.start().then(keep.start).catch(() => {});
