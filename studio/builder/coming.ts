// What early.ts did before the rest of the studio's code was there, for that code to take.
interface Early {
  answers: Map<string, Promise<Response>>; // by their addresses
  canvas?: EarlyCanvas | null; // null: nobody will take one any more
}

/** A frame somewhere in the page in which the draft is drawn. */
export interface EarlyCanvas {
  frame: HTMLIFrameElement;
  html: string;
}

declare global {
  interface Window {
    pinbanEarly?: Early;
  }
  interface Element {
    /** Moves a node without loading its frames anew, where a browser can. */
    moveBefore?(node: Node, child: Node | null): void;
  }
}

/** Later than this an answer that nobody took is too old. */
const FRESH_MS = 10_000;

/** For who asks early; nothing once the others are there. */
export function openEarly(): Early | undefined {
  if (window.pinbanEarly) return undefined;
  return (window.pinbanEarly = { answers: new Map() });
}

function early(): Early {
  return (window.pinbanEarly ??= { answers: new Map() });
}

/** The answer that is coming, once. */
export function takeAnswer(wanted: string): Promise<Response> | undefined {
  const { answers } = early();
  const reply = answers.get(wanted);
  answers.delete(wanted);
  return performance.now() < FRESH_MS ? reply : undefined;
}

export function takeCanvas(): EarlyCanvas | undefined {
  const { canvas } = early();
  early().canvas = null;
  return canvas ?? undefined;
}
