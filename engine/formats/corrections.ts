import type { Correction } from '#contracts/model/model-report.ts';
import { formatCount } from './errors.ts';

/** How a count of things reads in a message: `1 triangle`, `1,234 triangles`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}

/** Collects what was corrected, the same finding of many objects as one entry. */
export class Corrections {
  private readonly counts = new Map<string, { count: number; message: (count: number) => string }>();

  /** Adds `count` things under a code. The message is made from the total. */
  add(code: string, count: number, message: (total: number) => string): void {
    if (count === 0) return;
    const known = this.counts.get(code);
    this.counts.set(code, { count: count + (known?.count ?? 0), message });
  }

  /** How often `code` was added. */
  count(code: string): number {
    return this.counts.get(code)?.count ?? 0;
  }

  list(): Correction[] {
    return [...this.counts].map(([code, { count, message }]) => ({ code, message: message(count) }));
  }
}
