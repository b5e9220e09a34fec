/* What a signed-in page does beyond the server's HTML. Without it everything works by links and forms. */
import { SLACK_PX, send } from './change.ts';
import { leadToArranging, watchNews } from './ways.ts';

const main = document.querySelector<HTMLElement>('main.arrange');
const link = document.querySelector<HTMLAnchorElement>('.arrange-link a');
const marks = document.querySelectorAll('.new-mark');
if (main) void import('./arrange.ts').then(({ arrange }) => arrange(main, send, SLACK_PX));
if (link) leadToArranging(link);
if (marks.length) watchNews(location.pathname.split('/').pop() ?? '', marks);
