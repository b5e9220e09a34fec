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

/** Everything that is seen is at least as new as what the folder then said. */
async function look(unit: string, isFirst: boolean): Promise<Folder> {
  const folder = (await (await got('folder', { unit })).json()) as Folder;
  editor.complaint = folder.complaint ?? undefined;
  if (isFirst) return folder;
  const [{ items }] = await Promise.all([ask<List<Component>>(['tenants', unit, 'components']), editor.refresh()]);
  editor.components = items;
  editor.saved = folder.revision;
  return folder;
}

export async function follow(): Promise<void> {
  let unit = '';
  for (;;) {
    try {
      const seen = await look(editor.tenant, unit !== editor.tenant);
      unit = editor.tenant;
      await (await got('folder/changes', { unit, since: seen.revision, strokes: seen.strokes })).text();
    } catch (error) {
      if (error instanceof Problem && [401, 403, 404].includes(error.status)) return;
      await new Promise((done) => { setTimeout(done, PAUSE_MS); });
    }
  }
}
