/* The page on this device, for when there is no connection. The service worker keeps what it sees go by; here it is
   brought up to date with what has changed since, and what belongs to somebody else is thrown away. */
import { address, onChange } from './page.ts';
import { actor, status } from './status.ts';
import { scriptAt } from './trust.ts';

const mine = `pages ${actor}`;
let hasChanged = false;

/** The page as the server would send it now. */
function asSent() {
  const root = document.documentElement.cloneNode(true) as HTMLElement;
  root.dataset.kept = String(status.current);
  delete root.dataset.connected;
  for (const part of root.querySelectorAll('#live-aside, .act-refused')) part.remove();
  for (const form of root.querySelectorAll<HTMLElement>('form[data-state]')) delete form.dataset.state;
  return `<!doctype html>${root.outerHTML}`;
}

async function keep() {
  const cache = await caches.open(mine);
  const { headers } = await cache.match(address) ?? await fetch(address, { redirect: 'error' });
  await cache.put(address, new Response(asSent(), { headers }));
}

/** What the page had loaded before the service worker could see it. */
async function keepAssets() {
  const cache = await caches.open('assets');
  await cache.addAll(performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/[ait]\//.test(name)));
}

async function throwAway() {
  for (const name of await caches.keys()) if (name.startsWith('pages ') && name !== mine) await caches.delete(name);
}

export async function start() {
  if (!('serviceWorker' in navigator) || !window.caches) return;
  await throwAway();
  await navigator.serviceWorker.register(scriptAt('/sw.js'));
  if (!status.kept && !await caches.match(address, { cacheName: mine })) {
    await keep();
    await keepAssets();
  }
  onChange(() => { hasChanged = true; });
  document.addEventListener('visibilitychange', () => {
    if (!hasChanged || document.visibilityState === 'visible') return;
    hasChanged = false;
    void keep();
  });
}
