// Finding by a part of the name, in any language, or by the initials of its pinyin.
import { once } from './once.ts';

/** Where each initial's syllables start in the order of the zh collation; i, u and v start none. */
const firsts: [string, string][] = [
  ['a', '阿'], ['b', '八'], ['c', '嚓'], ['d', '哒'], ['e', '妸'], ['f', '发'], ['g', '旮'], ['h', '哈'], ['j', '讥'],
  ['k', '咔'], ['l', '垃'], ['m', '妈'], ['n', '拏'], ['o', '噢'], ['p', '妑'], ['q', '七'], ['r', '呥'], ['s', '仨'],
  ['t', '他'], ['w', '穵'], ['x', '夕'], ['y', '丫'], ['z', '帀'],
];
const collator = once(() => new Intl.Collator('zh-Hans-CN'));

function initial(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  let found = '';
  for (const [letter, first] of firsts) if (collator().compare(character, first) >= 0) found = letter;
  return found;
}

export const initials = (text: string): string => [...text].map(initial).join('');

export function matches(asked: string, ...texts: string[]): boolean {
  const wanted = asked.trim().toLowerCase();
  return !wanted || texts.some((text) => text.toLowerCase().includes(wanted) || initials(text).includes(wanted));
}
