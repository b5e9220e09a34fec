// Design tokens as a file: a resolver document of DTCG 2025.10 with the sets inside. Read are such
// documents, and plain token files.
import type { Json, Token, TokenSet } from '../types.ts';

export interface Found {
  set: TokenSet | ''; // '': the file does not say
  name: string;
  value: Json;
  pointer: string;
}

type Members = { [name: string]: Json };

export const MOST_BYTES = 1 << 20;
const DEEPEST = 16;
const sets: TokenSet[] = ['base', 'light', 'dark'];

const membersOf = (value: Json | undefined): Members | undefined =>
  value && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Tokens of a group and those in it. */
function walk(group: Members, set: Found['set'], path: string[], pointer: string, found: Found[]): void {
  for (const [name, inner] of Object.entries(group)) {
    const members = membersOf(inner);
    const at = `${pointer}/${escaped(name)}`;
    if (!members || (name.startsWith('$') && name !== '$root') || path.length >= DEEPEST) continue;
    const here = [...path, name];
    if (members['$value'] === undefined) walk(members, set, here, at, found);
    else found.push({ set, name: here.join('.'), value: members['$value'], pointer: `${at}/$value` });
  }
}

function walkSources(sources: Json | undefined, set: Found['set'], pointer: string, found: Found[]): void {
  if (!Array.isArray(sources)) return;
  sources.forEach((source, i) => walk(membersOf(source) ?? {}, set, [], `${pointer}/${i}`, found));
}

/** A resolver document: sets, and a modifier whose contexts are light and dark. */
function walkResolver(document: Members, found: Found[]): void {
  for (const [name, set] of Object.entries(membersOf(document['sets']) ?? {})) {
    const known = sets.find((one) => one === name) ?? '';
    walkSources(membersOf(set)?.['sources'], known, `/sets/${escaped(name)}/sources`, found);
  }
  for (const [name, modifier] of Object.entries(membersOf(document['modifiers']) ?? {})) {
    for (const [context, sources] of Object.entries(membersOf(membersOf(modifier)?.['contexts']) ?? {})) {
      const known = sets.find((one) => one === context);
      if (known) walkSources(sources, known, `/modifiers/${escaped(name)}/contexts/${context}`, found);
    }
  }
}

/** Every token of the file. */
export function tokensOf(document: Json): Found[] {
  const members = membersOf(document);
  const found: Found[] = [];
  if (members?.['sets'] || members?.['modifiers']) walkResolver(members, found);
  else if (members) walk(members, '', [], '', found);
  return found;
}

/** The group that the path leads to, made where it is not there. */
function groupAt(tree: Members, path: string[]): Members {
  let at = tree;
  for (const name of path) at = (at[name] ??= {}) as Members;
  return at;
}

function treeOf(tokens: Token[], set: TokenSet): Members {
  const tree: Members = {};
  for (const { name, type, value } of tokens.filter((token) => token.set === set)) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    groupAt(tree, path)[last] = { $type: type, $value: value };
  }
  return tree;
}

export function documentOf(tokens: Token[], name: string): Json {
  const [base, light, dark] = sets.map((set) => treeOf(tokens, set)) as [Members, Members, Members];
  return {
    $schema: 'https://www.designtokens.org/schemas/2025.10/resolver.json',
    name,
    version: '2025.10',
    sets: { base: { sources: [base] } },
    modifiers: { scheme: { contexts: { light: [light], dark: [dark] }, default: 'light' } },
    resolutionOrder: [{ $ref: '#/sets/base' }, { $ref: '#/modifiers/scheme' }],
  };
}
