/* Whether what is shown is current, and who is told when it is not. */
import type { Trouble } from './trouble.ts';
import { nodesOf } from './trust.ts';

/** Tells those who do not see. It also bears whose page it is, and where the words for trouble are. */
export const voice = document.getElementById('live-say') as HTMLElement;
export const { actor = '' } = voice.dataset;

const BREATH_MS = 1000;

/** What ended the stream for good: her session, or her right to see the page. */
export type Stop = '' | 'out' | 'closed';

export const status = {
  /** The stream is open, here or in another window. */
  connected: true,
  /** When what is shown was last known to be current. */
  current: Number(document.documentElement.dataset.kept) || Date.now(),
  /** This page came out of this device. */
  kept: 'kept' in document.documentElement.dataset,
  /** Actions to be sent. */
  waiting: 0,
  stop: '' as Stop,
};

export type Status = typeof status;

let lastSaid = 0;

/** What comes within a breath is told with what came before, not instead of it. */
export function say(what: string) {
  if (Date.now() - lastSaid < BREATH_MS) voice.append(' ', what);
  else voice.textContent = what;
  lastSaid = Date.now();
}

let loading: Promise<Trouble | undefined> | undefined;
let trouble: Trouble | undefined;
let onButton = () => {};

/** What is needed only when something goes wrong; it is fetched before it does. */
export const inTrouble = () => loading ??= import('./trouble.ts')
  .then(({ open }) => open({ voice, status, say, nodesOf, retry: () => onButton() }))
  .then((opened) => trouble = opened)
  .catch(() => loading = undefined);

/** Runs `run` when she wants it to be tried again. */
export const onRetry = (run: () => void) => { onButton = run; };

export function show() {
  if (trouble) trouble.show();
  else if (status.stop || status.kept || status.waiting || !status.connected || !navigator.onLine) void inTrouble();
}

/** A text of the page in its language; %1 stands for `value`. */
export const word = (name: string, value = '') => trouble?.word(name, value) ?? '';
