// What people of a unit call the values of attributes: its specialties, groups and tags.
import { ask } from './api.ts';
import { editor } from './model.svelte.ts';
import { t, words } from './text.ts';
import type { OpenedUnit, Words } from './types.ts';

let known = $state.raw<{ [unit: string]: OpenedUnit['terms'] }>({});
const asked = new Set<string>();

async function learn(unit: string): Promise<void> {
  asked.add(unit);
  try {
    const { terms } = await ask<OpenedUnit>(['tenants', unit]);
    known = { ...known, [unit]: terms };
  } catch {
    asked.delete(unit); // values are called what they are
  }
}

/** They were changed: units are asked anew. */
export function forgetTerms(): void {
  asked.clear();
  known = {};
}

/** By value; the unit is asked once. */
function termsOf(attribute: string): { [value: string]: Words } {
  if (editor.tenant && !asked.has(editor.tenant)) void learn(editor.tenant);
  return known[editor.tenant]?.[attribute] ?? {};
}

/** The value itself as long as its name is not known. */
export const called = (attribute: string, value: string): string => words(termsOf(attribute)[value], value);

/** Those that have names. */
export const namedValues = (attribute: string): string[] => Object.keys(termsOf(attribute));

/** Whose a layer is: "home:marketing" → 营销专业层. */
export function scopeOf(layer: string): string {
  const [, specialty] = layer.split(':');
  return specialty ? t('specialty_layer', { name: called('specialty', specialty) }) : t('whole_unit');
}
