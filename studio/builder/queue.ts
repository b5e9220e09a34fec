// Commands that were given and not yet answered. Kept for the browser's tab, so that neither a
// lost connection, nor a session that ends, nor a reload loses one; each has a key, so that the
// server does it once however often it is sent.
import type { Verb } from './types.ts';

export interface Command {
  key: string;
  base: number; // the version of the draft its author saw
  verbs: Verb[];
  undoable: boolean;
}

const nameOf = (layer: string): string => `pinban.waiting/${layer}`;

export function kept(layer: string): Command[] {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(layer)) ?? '[]') as Command[];
  } catch {
    return [];
  }
}

export function keep(layer: string, commands: Command[]): void {
  if (commands.length) sessionStorage.setItem(nameOf(layer), JSON.stringify(commands));
  else sessionStorage.removeItem(nameOf(layer));
}

export const newKey = (): string => [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join('');
