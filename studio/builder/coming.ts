// Answers that were asked for before the studio's code was there, by early.ts, by their addresses. Whoever asks for one then
// has the answer that is coming, once.
type Coming = Map<string, Promise<Response>>;

declare global {
  interface Window {
    pinbanComing?: Coming;
  }
}

/** Later than this an answer that nobody took is too old. */
const FRESH_MS = 10_000;

/** For who asks early; nothing once somebody else has asked. */
export function openEarly(): Coming | undefined {
  if (window.pinbanComing) return undefined;
  return (window.pinbanComing = new Map());
}

export function takeEarly(wanted: string): Promise<Response> | undefined {
  const coming = (window.pinbanComing ??= new Map());
  const reply = coming.get(wanted);
  coming.delete(wanted);
  return performance.now() < FRESH_MS ? reply : undefined;
}
