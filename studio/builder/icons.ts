// The names of the pictures in the sprite that the pages use.
const address = document.querySelector<HTMLElement>('#app')?.dataset['icons'] ?? '';
let kept: Promise<string[]> | undefined;

export function iconNames(): Promise<string[]> {
  kept ??= fetch(address)
    .then((reply) => reply.text())
    .then((text) => [...text.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1] as string));
  kept.catch(() => (kept = undefined));
  return kept;
}
