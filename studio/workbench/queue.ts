/* Actions that could not be sent yet, kept on this device (IndexedDB) until they are. */

export interface Item {
  /** The action's idempotency key: however often it is sent, it is done once. */
  key: string;
  actor: string;
  /** The page's parameters, with which its block is made again. */
  search: string;
  /** The form, as it is sent. */
  body: string;
  /** The form without its key: tells which form on a page it was. */
  sign: string;
  at: number;
}

const STORE = 'actions';

const settled = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened: Promise<IDBDatabase> | undefined;

function open() {
  const request = indexedDB.open('pinban', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  return settled(request);
}

async function within<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>) {
  const database = await (opened ??= open());
  return settled(run(database.transaction(STORE, mode).objectStore(STORE)));
}

export const put = (item: Item) => within('readwrite', (store) => store.put(item));
export const drop = (key: string) => within('readwrite', (store) => store.delete(key));

/** Hers, oldest first; what another person left on this device goes. */
export async function list(actor: string) {
  const all: Item[] = await within('readonly', (store) => store.getAll());
  for (const item of all) if (item.actor !== actor) await drop(item.key);
  return all.filter((item) => item.actor === actor).sort((a, b) => a.at - b.at);
}
