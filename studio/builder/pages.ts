// The pages of a unit: its own and those from above.
import { ask } from './api.ts';
import { editor } from './model.svelte.ts';
import { words } from './text.ts';
import type { List, Words } from './types.ts';

export interface Page {
  page: string;
  title: string; // those of the same title say which they are
}

export async function pages(unit = editor.tenant): Promise<Page[]> {
  const { items } = await ask<List<{ page: string; title?: Words }>>(['tenants', unit, 'pages']);
  const all = items.map(({ page, title }) => ({ page, title: words(title, page) }));
  const isTwice = (wanted: string): boolean => all.filter(({ title }) => title === wanted).length > 1;
  return all.map(({ page, title }) => ({ page, title: isTwice(title) ? `${title} · ${page}` : title }));
}
