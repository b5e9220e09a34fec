// Why nothing came of it, in the reader's language where that is known.
import type { Problem } from '../api.ts';
import { problemText } from '../text.ts';
import { isWord, w } from './words.ts';

export function refusalOf(problem: Problem | undefined): string {
  if (!problem) return '';
  if (isWord(problem.code)) return w(problem.code);
  return problem.errors[0]?.detail ?? problemText(problem);
}
