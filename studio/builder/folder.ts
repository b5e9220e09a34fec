// A developer's folder that the server follows (serve --watch): what is saved there is in the palette and on the canvas
// at once, and what is wrong there is told.
import { ask, Problem } from './api.ts';
import { editor } from './model.svelte.ts';
import type { Complaint, Component, List } from './types.ts';

interface Folder {
  revision: number;
  strokes: number;
  complaint: Complaint | null;
}

const PAUSE_MS = 2000;

async function got(path: string, query: Record<string, string | number>): Promise<Response> {
  const reply = await fetch(`/studio/${path}?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`);
  if (!reply.ok) throw new Problem(`http.${reply.status}`, reply.status, reply.statusText);
  return reply;
}

/** Everything that is seen is at least as new as what the folder then said; at first it was only just fetched. */
async function look(unit: string, isFirst: boolean): Promise<Folder> {
  const folder = (await (await got('folder', { unit })).json()) as Folder;
  editor.complaint = folder.complaint ?? undefined;
  if (isFirst) return folder;
  const [{ items }] = await Promise.all([ask<List<Component>>(['tenants', unit, 'components']), editor.refresh()]);
  if (editor.tenant === unit) editor.components = items;
  editor.saved = folder.revision;
  return folder;
}

const pause = (): Promise<void> => new Promise((done) => { setTimeout(done, PAUSE_MS); });

/** Until she is signed out; a unit whose pages she may not look at is left until another is opened. */
export async function follow(): Promise<void> {
  let seen: Folder | undefined;
  for (let closed = ''; ;) {
    const unit = editor.tenant;
    try {
      if (unit !== closed) {
        seen = await look(unit, !seen);
        await (await got('folder/changes', { unit, since: seen.revision, strokes: seen.strokes })).text();
        continue;
      }
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0;
      if (status === 401) return;
      if (status === 403 || status === 404) closed = unit;
    }
    await pause();
  }
}
