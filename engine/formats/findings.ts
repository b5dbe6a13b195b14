import type { ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import { formatCount } from './errors.ts';

/** How a kind of finding reads: `[severity, text behind the count, what to do]`. */
export type FindingKind = readonly [severity: ValidationIssue['severity'], text: string, remedy: string];

/** As many places as one finding names. */
const MAX_PLACES = 5;

/** What a parser noticed, counted by kind, with the first places of each. */
export class Findings<Code extends string> {
  private readonly found = new Map<Code, { count: number; places: string[] }>();
  private readonly name: string;
  private readonly kinds: Record<Code, FindingKind>;

  /** @param name the file, which the pointers begin with */
  constructor(name: string, kinds: Record<Code, FindingKind>) {
    this.name = name;
    this.kinds = kinds;
  }

  /** @param place where in the file: `line 12`, `byte 4,096`, `node "Body"` */
  add(code: Code, place: string, count = 1): void {
    if (count === 0) return;
    let entry = this.found.get(code);
    if (!entry) {
      entry = { count: 0, places: [] };
      this.found.set(code, entry);
    }
    entry.count += count;
    if (entry.places.length < MAX_PLACES && !entry.places.includes(place)) entry.places.push(place);
    else if (!entry.places.includes('…')) entry.places.push('…');
  }

  count(code: Code): number {
    return this.found.get(code)?.count ?? 0;
  }

  report(): ValidationReport {
    const report: ValidationReport = { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false };
    for (const [code, { count, places }] of this.found) {
      const [severity, text, remedy] = this.kinds[code];
      if (severity === 'error') report.errors += count;
      else if (severity === 'warning') report.warnings += count;
      else report.infos += count;
      report.issues.push({
        code: code.toUpperCase(),
        severity,
        pointer: `${this.name}: ${places[0]}`,
        message: `${formatCount(count)} ${text}: ${places.join(', ')}.`,
        remedy,
      });
    }
    return report;
  }
}
