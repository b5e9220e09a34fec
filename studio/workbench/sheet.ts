/* A page's sheet becomes another. */

/** What comes with it is not kept from her by a sheet that takes longer. */
const PATIENCE_MS = 3000;

/** Puts the sheet behind those it replaces, which go as soon as it is there: nothing is ever without style. Of several that
 *  were asked for, the last counts, whichever arrives first; one that cannot be had replaces nothing. */
export const wear = (old: HTMLLinkElement[], href: string) => new Promise<void>((resolve) => {
  const last = old.at(-1);
  if (!href || !last || last.getAttribute('href') === href) return resolve();
  const next = last.cloneNode() as HTMLLinkElement;
  const settle = (gone: Element[]) => () => {
    for (const one of gone) one.remove();
    resolve();
  };
  next.href = href;
  next.onload = settle(old);
  next.onerror = settle([next]);
  setTimeout(resolve, PATIENCE_MS);
  last.after(next);
});
