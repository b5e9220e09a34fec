/* What changed comes by itself, in one stream for all windows of a browser: one of them holds it (Web Locks) and tells
   the others (BroadcastChannel). A stream shows *views*: pages, each at a state that its token names. What comes is a
   *step* from one state of a view to another; whichever windows show the view at that state take it, so nothing is taken
   twice, and who has missed something says at which state it is and is shown the rest. A hidden window holds nothing,
   and goes on from its token when it is seen again. */
import { body, refresh, showBlock, showWhole, type Whole } from './page.ts';
import { actor, show, status, type Stop } from './status.ts';
import { follow, Refused, type Message } from './stream.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const RELOAD_MS = 10_000;
const GATHER_MS = 40;
/** That one stream shows (LIMIT_STREAM_PAGES), and how long its address may be (HTTP_MAX_HEADERS). */
const MOST_VIEWS = 8;
const MOST_CHARS = 6000;

/** Who signs in as another shares nothing with those who were here before. */
const name = `pinban live ${actor}`;
/* Without locks every window holds a stream of its own. */
const channel = navigator.locks as unknown ? new BroadcastChannel(name) : undefined;

interface View { page: string; search: string; at: string }
interface Step { view: View; at: string; event: string; news: { block: string } & Whole }
/** Why windows stop: all of them, or those of a page. `moved`: she has another's page. */
interface End { why: Stop | 'moved'; page?: string | undefined }

/** What windows tell each other: who is here? · I am · I leave · these are shown · what changed · it is over. */
type Note = { call: true } | { here: View } | { left: true } | { served: View[] } | { step: Step } | { end: End };
const post = (note: Note) => channel?.postMessage(note);

const mine = (): View => {
  const { page = '', at = '' } = body().dataset;
  return { page, search: location.search, at };
};
const isPage = (a: View, b: View) => a.page === b.page && a.search === b.search;

const listeners: (() => void)[] = [];
/** Runs `run` whenever the server can be reached again. */
export const onReached = (run: () => void) => { listeners.push(run); };

function setConnected(connected: boolean) {
  const isBack = connected && (!status.connected || status.kept);
  status.connected = connected;
  document.documentElement.toggleAttribute('data-connected', connected);
  if (connected) {
    status.current = Date.now();
    status.kept = false;
    delete document.documentElement.dataset.kept;
  }
  if (isBack || !connected) show();
  if (isBack) for (const run of listeners) run();
}

/* ---- who holds it ---- */

/** While this window is seen, and neither signed out nor shut out. */
let awake: AbortController | undefined;
/** What windows show; none: another window holds the stream. */
let views: View[] = [];
/** Somebody left, or the stream ended by itself: who shows what is asked anew. Else who is slow to answer would come too late
 * in every round. */
let afresh = true;
/** How many of them the stream has. */
let served = 0;
/** One opening of the stream. */
let round: AbortController | undefined;
/** One change after the other, in the order in which they came. */
let turn: Promise<unknown> = Promise.resolve();
const inTurn = (run: () => unknown) => { turn = turn.then(run).catch(() => {}); };

let hurry = () => {};
const pause = (ms: number) => new Promise<void>((resolve) => {
  hurry = resolve;
  setTimeout(resolve, ms);
});

function sleep() {
  if (!awake) return;
  awake.abort();
  awake = undefined;
  round?.abort();
  hurry();
  post({ left: true });
}

async function wake() {
  if (awake || status.stop || document.visibilityState === 'hidden' || !body()) return;
  const { signal } = awake = new AbortController();
  if (!channel) return hold(signal);
  post({ here: mine() });
  await navigator.locks.request(name, { signal }, () => hold(signal)).catch(() => {});
}

/** Who has another's page gets her own, but not for ever. */
function reload() {
  const last = Number(sessionStorage.getItem(name));
  if (Date.now() - last < RELOAD_MS) return;
  sessionStorage.setItem(name, String(Date.now()));
  location.reload();
}

function obey({ why, page }: End) {
  if (page && page !== body().dataset.page) return;
  if (why === 'moved') return reload();
  status.stop = why;
  if (why) sleep();
  else void wake();
  hurry();
  show();
}

function end(over: End) {
  post({ end: over });
  obey(over);
}

/** Ends it for good, until she has signed in again. */
export const stopFor = (why: Stop) => end({ why });
/** Tries again at once. */
export const retry = () => stopFor('');

/* ---- what the server says ---- */

const takeInTurn = ({ view, at, event, news }: Step) => inTurn(async () => {
  const now = mine();
  if (!isPage(now, view) || now.at === at) return;
  if (now.at !== view.at) return post({ here: now });
  if (event === 'fragment') showBlock(news.block, news.html);
  else await showWhole(news);
  body().dataset.at = at;
});

function take({ id, event, data }: Message) {
  const news = JSON.parse(data) as { view: number; why: string; page: string } & Step['news'];
  if (event === 'gone') return end(news.why === 'forbidden' ? { why: 'closed', page: news.page } : { why: news.why === 'moved' ? 'moved' : 'out' });
  const view = views[news.view] as View;
  const step = { view: { ...view }, at: id.split('.')[news.view] as string, event, news };
  view.at = step.at;
  post({ step });
  takeInTurn(step);
}

/** How long to stay away. */
function judge(error: unknown) {
  if (!(error instanceof Refused)) return 0;
  const { status: code, problem, waitMs } = error;
  if (code === 401) stopFor('out');
  else if (code === 403 || code === 404) end({ why: problem.code === 'live.token' ? 'moved' : 'closed', page: problem.where });
  return waitMs;
}

/* ---- the stream ---- */

/** A page's own parameters are what it was made with. */
function streamUrl() {
  let url = '/live?';
  served = 0;
  for (const { page, search, at } of views.slice(0, MOST_VIEWS)) {
    const query = new URLSearchParams({ page, at });
    for (const [key, value] of new URLSearchParams(search)) if (!/^(page|at)$/.test(key)) query.append(key, value);
    const longer = `${url}${served ? '&' : ''}${query}`;
    if (served && longer.length > MOST_CHARS) break;
    url = longer;
    served++;
  }
  return url;
}

function tell(connected: boolean) {
  setConnected(connected);
  post({ served: connected ? views.slice(0, served) : [] });
}

/** Views that came to the same state are one. */
const distinct = (all: View[]) => [...new Map(all.map((view) => [JSON.stringify(view), view])).values()];

/** Notes who is here, at which state; true: the stream has it already. */
function note(view: View) {
  const isKnown = views.some((one) => isPage(one, view) && one.at === view.at);
  if (!isKnown) views.push(view);
  return isKnown;
}

async function hold(stop: AbortSignal) {
  let wait = FIRST_WAIT_MS;
  while (!stop.aborted) {
    await turn;
    views = distinct([mine(), ...afresh ? [] : views]);
    afresh = false;
    post({ call: true });
    await pause(channel ? GATHER_MS : 0);
    if (afresh || stop.aborted) continue;
    const { signal } = round = new AbortController();
    let asked = 0;
    let life = false;
    await follow(streamUrl(), signal, () => { life = true; tell(true); }, take).catch((error: unknown) => { asked = judge(error); });
    if (signal.aborted) continue;
    afresh = true;
    tell(false);
    wait = life ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    await pause(asked + wait * (0.5 + Math.random()));
  }
  views = [];
  afresh = true;
}

if (channel) channel.onmessage = ({ data }: MessageEvent<Note>) => {
  if ('end' in data) obey(data.end);
  else if (!awake) return; // what is missed is asked for on waking
  else if ('call' in data) inTurn(() => post({ here: mine() }));
  else if ('step' in data) takeInTurn(data.step);
  else if (!views.length) { if ('served' in data) setConnected(data.served.some((view) => isPage(view, mine()))); }
  else {
    if ('left' in data) afresh = true;
    if (afresh || ('here' in data && !note(data.here))) round?.abort();
    tell(status.connected);
  }
};

/** A page that arrived in part is asked for again before anything else. */
export async function start() {
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') sleep(); else void wake(); });
  addEventListener('pagehide', sleep);
  addEventListener('pageshow', () => void wake());
  addEventListener('online', () => hurry());
  if (!body()) await refresh();
  void wake();
}
