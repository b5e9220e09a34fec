// A file that somebody brings: its text, and its first rows to look at. What it holds the server decides.
import Papa from 'papaparse';
import type { Json } from '../types.ts';

export interface Brought {
  name: string;
  type: 'text/csv' | 'application/json' | 'application/x-ndjson';
  text: string;
  names: string[];
  rows: string[][];
}

const SHOWN_ROWS = 5;

/** Spreadsheets write CSV in the system's own encoding: what is no UTF-8 is read as GB 18030. */
function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

const cell = (value: Json | undefined): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function table(records: Json[]): Pick<Brought, 'names' | 'rows'> {
  const objects = records.slice(0, SHOWN_ROWS).filter((one) => !!one && typeof one === 'object') as { [name: string]: Json }[];
  const names = [...new Set(objects.flatMap(Object.keys))];
  return { names, rows: objects.map((one) => names.map((name) => cell(one[name]))) };
}

function csv(text: string): Pick<Brought, 'names' | 'rows'> {
  const [names = [], ...rows] = Papa.parse<string[]>(text, { preview: SHOWN_ROWS + 1, skipEmptyLines: true, delimiter: ',' }).data;
  return { names, rows };
}

/** Throws a SyntaxError when a JSON file is none. */
export async function brought(file: File): Promise<Brought> {
  const text = decoded(await file.arrayBuffer());
  const found = { name: file.name, text };
  if (/\.(ndjson|jsonl)$/i.test(file.name)) {
    const lines = text.split('\n', SHOWN_ROWS + 1).filter((line) => line.trim());
    return { ...found, type: 'application/x-ndjson', ...table(lines.slice(0, SHOWN_ROWS).map((line) => JSON.parse(line) as Json)) };
  }
  if (/\.json$/i.test(file.name)) {
    const value = JSON.parse(text) as Json;
    return { ...found, type: 'application/json', ...table(Array.isArray(value) ? value : [value]) };
  }
  return { ...found, type: 'text/csv', ...csv(text) };
}
