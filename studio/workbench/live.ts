/* What changed comes by itself. Of the windows that show one page, one holds the stream (Web Locks) and tells the
   others (BroadcastChannel); a hidden window holds nothing, and goes on from its token when it is seen again. */
import { address, body, isWhole, refresh, showBlock, showWhole, type Whole } from './page.ts';
import { show, status, strip, type Stop } from './status.ts';
import { follow, Refused, type Message } from './stream.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const RELOAD_MS = 10_000;
const JOIN_TRIES = 3;

const name = `pinban live ${strip.dataset.actor} ${address}`;
const channel = new BroadcastChannel(name);

/** What windows tell each other. */
type Note = { message: Message } | { connected: boolean } | { stop: Stop } | { join: string } | { at: string };
const post = (note: Note) => channel.postMessage(note);

const listeners: (() => void)[] = [];
/** Runs `run` whenever the server can be reached again. */
export const onReached = (run: () => void) => { listeners.push(run); };

function setConnected(connected: boolean) {
  const isBack = connected && (!status.connected || status.kept);
  status.connected = connected;
  strip.toggleAttribute('data-connected', connected);
  if (connected) {
    status.current = Date.now();
    status.kept = false;
    delete document.documentElement.dataset.kept;
  }
  if (isBack || !connected) show();
  if (isBack) for (const run of listeners) run();
}

/** Ends it for good: until she has signed in again, or for this page. */
export function stopFor(why: Stop) {
  status.stop = why;
  if (why) post({ stop: why });
  sleep();
  show();
}

/* ---- what the server says ---- */

let turn: Promise<unknown> = Promise.resolve();

async function take({ id, event, data }: Message) {
  const news = JSON.parse(data) as { block: string; why: string } & Whole;
  if (event === 'fragment') showBlock(news.block, news.html);
  else if (event === 'page') await showWhole(news);
  else if (event === 'gone' && news.why === 'moved') location.reload();
  else if (event === 'gone') stopFor(news.why === 'signed-out' ? 'out' : 'closed');
  if (id) body().dataset.at = id;
}

/** One after the other, in the order in which they came. */
const takeInTurn = (message: Message) => { turn = turn.then(() => take(message)).catch(() => {}); };

/* ---- the stream ---- */

/** The page's own parameters are what it was made with. */
function streamUrl() {
  const url = new URL('/live', location.origin);
  const { page = '', at = '' } = body().dataset;
  url.searchParams.set('page', page);
  url.searchParams.set('at', at);
  for (const [key, value] of new URLSearchParams(location.search)) url.searchParams.append(key, value);
  return url;
}

/** Who has another's page gets her own, but not for ever. */
function reload() {
  const last = Number(sessionStorage.getItem(name));
  if (Date.now() - last < RELOAD_MS) return;
  sessionStorage.setItem(name, String(Date.now()));
  location.reload();
}

/** How long to stay away; undefined: for good. */
function judge(error: unknown) {
  if (!(error instanceof Refused)) return 0;
  if (error.status === 401) stopFor('out');
  else if (error.problem.code === 'live.token') reload();
  else if (error.status === 403 || error.status === 404) stopFor('closed');
  return error.waitMs;
}

let hurry = () => {};
const pause = (ms: number) => new Promise<void>((resolve) => {
  hurry = resolve;
  setTimeout(resolve, ms);
});

async function hold(stop: AbortSignal) {
  let wait = FIRST_WAIT_MS;
  while (!stop.aborted) {
    let asked = 0;
    let life = false;
    const onLife = () => {
      life = true;
      setConnected(true);
      post({ connected: true });
    };
    await follow(streamUrl(), stop, onLife, (message) => { post({ message }); takeInTurn(message); }).catch((error: unknown) => { asked = judge(error); });
    if (stop.aborted) return;
    setConnected(false);
    post({ connected: false });
    wait = life ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS);
    await pause(asked + wait * (0.5 + Math.random()));
  }
}

/* ---- who holds it ---- */

let awake: AbortController | undefined;
let isLeader = false;
let joins = 0;

function sleep() {
  awake?.abort();
  awake = undefined;
  hurry();
}

async function wake() {
  if (awake || status.stop || document.visibilityState === 'hidden' || !isWhole()) return;
  const { signal } = awake = new AbortController();
  if (!navigator.locks) return hold(signal);
  post({ join: body().dataset.at ?? '' });
  await navigator.locks.request(name, { signal }, () => { isLeader = true; return hold(signal); }).catch(() => {});
  isLeader = false;
}

channel.onmessage = ({ data: note }: MessageEvent<Note>) => {
  if ('join' in note) {
    if (isLeader) {
      post({ at: body().dataset.at ?? '' });
      post({ connected: status.connected });
    }
  } else if ('stop' in note) {
    status.stop = note.stop;
    show();
  } else if (!awake) {
    // Asleep: what is missed is asked for on waking.
  } else if ('message' in note) {
    takeInTurn(note.message);
  } else if ('connected' in note) {
    setConnected(note.connected);
  } else if ('at' in note && !isLeader) {
    catchUp(note.at);
  }
};

/** Whoever joins may have missed something: she has, when her token is another than the holder's. */
function catchUp(at: string) {
  if (at === body().dataset.at || joins >= JOIN_TRIES) {
    joins = 0;
    return;
  }
  joins++;
  turn = turn.then(refresh).then(() => post({ join: body().dataset.at ?? '' })).catch(() => {});
}

/** Tries again at once. */
export function retry() {
  status.stop = '';
  hurry();
  void wake();
  show();
}

/** A page that arrived in part is asked for again before anything else. */
export async function start() {
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') sleep(); else void wake(); });
  addEventListener('pagehide', sleep);
  addEventListener('pageshow', () => void wake());
  addEventListener('online', () => hurry());
  if (!isWhole()) await refresh().catch(() => {});
  void wake();
}
