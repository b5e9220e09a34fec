/* Actions: forms that a card offers. With script they are sent in the background; the card shows that they are on their
   way, becomes what the server answers, or says why not. What cannot be sent waits. */
import { onReached, stopFor } from './live.ts';
import { onChange, showBlock } from './page.ts';
import { drop, list, put, type Item } from './queue.ts';
import { actor, inTrouble, show, status, word } from './status.ts';
import { refusal, type Problem } from './stream.ts';

const SEND_MS = 20_000;
const AGAIN_MS = 3000;
/** After an answer another task may lie under her finger. */
const REST_MS = 500;
const lock = `pinban send ${actor}`;
const channel = new BroadcastChannel(lock);

/** What becomes of each form that was sent: by what it says. */
const states = new Map<string, 'sending' | 'waiting'>();

const forms = () => [...document.querySelectorAll<HTMLFormElement>('form[data-action]')];

function fieldsOf(form: HTMLFormElement, button?: HTMLElement | null) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) if (typeof value === 'string' && name !== 'key') fields.append(name, value);
  return fields;
}

const formOf = (sign: string) => forms().find((form) => fieldsOf(form).toString() === sign);

/** Draws what the forms of the page are at; after each change of the page, which knows nothing of it. */
function mark() {
  for (const form of forms()) {
    const state = states.get(fieldsOf(form).toString()) ?? '';
    if (state) form.dataset.note = word('later'); // shown of those that wait; its words may come after
    if (state === (form.dataset.state ?? '')) continue;
    form.dataset.state = state;
    for (const button of form.querySelectorAll('button')) {
      button.ariaDisabled = state ? 'true' : null;
      button.ariaBusy = state === 'sending' ? 'true' : null;
    }
    if (!state) delete form.dataset.state;
  }
}

/* ---- refused ---- */

async function refuse(item: Item, { said, errors = [] }: Problem) {
  const form = formOf(item.sign);
  const block = document.getElementById(`b-${new URLSearchParams(item.body).get('block') ?? ''}`);
  const card = form?.closest('li, .form') ?? block?.querySelector('.card') ?? document.getElementById('main');
  const trouble = await inTrouble();
  if (trouble) return trouble.refuse(card, said, errors.map(({ pointer }) => pointer.slice(1)));
  const note = document.createElement('p');
  note.className = 'said act-refused';
  note.role = 'alert';
  card?.append(note);
  note.append(said ?? (document.documentElement.lang === 'en' ? 'Not done' : '未完成'));
}

/* ---- sending ---- */

let restUntil = 0;

/** True when there is an answer, whatever it is. What passes comes with the time to wait; a refusal without one stays. */
async function perform(item: Item) {
  const reply = await fetch(`/act${item.search}`, {
    method: 'POST', redirect: 'manual', keepalive: true, signal: AbortSignal.timeout(SEND_MS),
    headers: { 'Accept': 'application/json', 'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': item.key },
    body: item.body,
  }).catch(() => undefined);
  if (!reply) {
    setTimeout(() => void sendAll(), AGAIN_MS);
    return false;
  }
  if (reply.ok) {
    const { block, html } = await reply.json() as { block?: string; html?: string };
    formOf(item.sign)?.reset();
    states.delete(item.sign);
    restUntil = Date.now() + REST_MS;
    if (block && html) showBlock(block, html, true);
    return true;
  }
  const { status: code, problem, waitMs } = await refusal(reply);
  if (code === 401) stopFor('out');
  else if (waitMs || code >= 502) setTimeout(() => void sendAll(), waitMs || AGAIN_MS);
  else {
    states.delete(item.sign);
    await refuse(item, problem);
    return true;
  }
  return false;
}

async function wait(item: Item) {
  await put(item);
  await recount();
  channel.postMessage('');
}

/** How many wait; marks their forms on this page, again when there are words for it. */
async function recount() {
  const items = await list(actor);
  for (const [sign, state] of states) if (state === 'waiting') states.delete(sign);
  for (const { sign } of items) states.set(sign, 'waiting');
  status.waiting = items.length;
  mark();
  show();
  if (items.length) void inTrouble().then(mark);
}

/** Sends what waits, in order, from one window at a time: also what others add meanwhile. */
async function sendAll() {
  const run = async () => {
    for (let [item] = await list(actor); item && await perform(item); [item] = await list(actor)) await drop(item.key);
    await recount();
    channel.postMessage('');
  };
  if (!status.waiting) await recount();
  if (status.waiting && navigator.onLine) await (navigator.locks ? navigator.locks.request(lock, { ifAvailable: true }, (held) => (held ? run() : undefined)) : run());
}

/** Not of randomUUID: that wants a secure context. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function act(form: HTMLFormElement, button?: HTMLElement | null) {
  const fields = fieldsOf(form, button);
  const sign = fieldsOf(form).toString();
  if (states.has(sign) || Date.now() < restUntil) return;
  const key = newKey();
  fields.set('key', key);
  fields.set('actor', actor);
  const item = { key, actor, search: location.search, body: fields.toString(), sign, at: Date.now() };
  form.closest('.card')?.querySelector('.act-refused')?.remove();
  states.set(sign, 'sending');
  mark();
  if (!navigator.onLine || status.kept || !await perform(item)) await wait(item);
  mark();
}

export function start() {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches('form[data-action]')) return;
    event.preventDefault();
    void act(form, event.submitter);
  });
  channel.onmessage = () => void recount();
  onChange(mark);
  onReached(() => void sendAll());
  addEventListener('online', () => void sendAll());
  void sendAll();
}
