/* The service worker: pages come from the network, and from this device when there is none; what never changes comes
   from this device at once. Pages are kept by person and go when somebody signs in or out. */

interface FetchEvent extends Event {
  readonly request: Request;
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(reply: Promise<Response>): void;
  waitUntil(work: Promise<unknown>): void;
}

interface Worker {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(name: 'install' | 'activate' | 'fetch', run: (event: FetchEvent) => void): void;
}

const worker = self as unknown as Worker;
const ASSETS = 'assets';
const NOWHERE = '/offline';
const NOWHERE_CACHE = 'offline';
const PATIENCE_MS = 4000;
const MOST_PAGES = 24;
const MOST_ASSETS = 80;

const isPages = (name: string) => name.startsWith('pages ');

async function trim(cache: Cache, most: number) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(key);
}

/** Keeps a page under the person whose it is, with its age in it. */
async function keepPage(request: Request, reply: Response) {
  const html = await reply.text();
  const actor = /<[^>]*id="live-say"[^>]*data-actor="([^"]+)"/.exec(html)?.[1];
  if (!actor) return;
  const cache = await caches.open(`pages ${actor}`);
  await cache.put(request, new Response(html.replace('<html ', `<html data-kept="${Date.now()}" `), { headers: reply.headers }));
  await trim(cache, MOST_PAGES);
}

async function keptPage(request: Request) {
  for (const name of await caches.keys()) {
    const page = isPages(name) && await caches.match(request, { cacheName: name });
    if (page) return page;
  }
  return undefined;
}

const after = (ms: number) => new Promise<undefined>((resolve) => { setTimeout(resolve, ms); });

async function page(event: FetchEvent) {
  const { request } = event;
  const kept = await keptPage(request);
  const asked = event.preloadResponse.then((reply) => reply ?? fetch(request)).catch(() => undefined);
  const reply = await (kept ? Promise.race([asked, after(PATIENCE_MS)]) : asked);
  if (reply && (reply.status < 502 || !kept)) {
    if (reply.status === 200) event.waitUntil(keepPage(request, reply.clone()));
    return reply;
  }
  return kept ?? await caches.match(NOWHERE) ?? Response.error();
}

async function asset(event: FetchEvent) {
  const { request } = event;
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept) return kept;
  const reply = await fetch(request);
  if (reply.ok && /immutable/.test(reply.headers.get('Cache-Control') ?? '')) event.waitUntil(cache.put(request, reply.clone()).then(() => trim(cache, MOST_ASSETS)));
  return reply;
}

async function forgetPages() {
  for (const name of await caches.keys()) if (isPages(name)) await caches.delete(name);
}

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NOWHERE_CACHE).then((cache) => cache.add(NOWHERE)).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([worker.clients.claim(), worker.registration.navigationPreload?.enable()]));
});

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (origin !== worker.location.origin) return;
  if (method === 'POST' && /^\/sign-(in|out)$/.test(pathname)) event.waitUntil(forgetPages());
  if (method !== 'GET') return;
  if (mode === 'navigate' && pathname.startsWith('/w/')) event.respondWith(page(event));
  else if (/^\/[ait]\//.test(pathname)) event.respondWith(asset(event));
});
