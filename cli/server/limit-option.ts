import { type CommandCall, UsageError } from '../command.ts';

const DEFAULT_LIMIT = 20;

/** Most items of a list. @throws UsageError when `--limit` is no whole number of at least 1 */
export function limitFrom({ limit }: CommandCall['values']): number {
  if (limit === undefined) return DEFAULT_LIMIT;
  const number = Number(limit);
  if (!Number.isInteger(number) || number < 1) throw new UsageError('--limit: give a whole number of at least 1');
  return number;
}

/** The first items of a list. */
export async function take<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === most) break;
  }
  return taken;
}
