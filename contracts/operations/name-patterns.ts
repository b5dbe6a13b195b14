import { z } from 'zod';

/** Which nodes an operation is about. */
export const NamePatterns = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(100)
  .describe(
    'Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too',
  );

/** Whether a name is meant by one of the patterns: all of it has to match. */
export function matchesPattern(name: string, patterns: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return patterns.some((pattern) => matches(lower, pattern.toLowerCase()));
}

/** Greedy matching with one place to go back to: linear in most cases, and never worse than the product of the lengths. */
function matches(text: string, pattern: string): boolean {
  let i = 0;
  let j = 0;
  let star = -1;
  let from = 0;
  while (i < text.length) {
    if (j < pattern.length && pattern[j] === '*') {
      star = j++;
      from = i;
    } else if (j < pattern.length && (pattern[j] === '?' || pattern[j] === text[i])) {
      i++;
      j++;
    } else if (star >= 0) {
      j = star + 1;
      i = ++from;
    } else return false;
  }
  while (pattern[j] === '*') j++;
  return j === pattern.length;
}
