import { writeCaseId } from './cases.ts';
import { isFailure, type Outcome, type Verdict } from './judge.ts';

/** What came of the cases of one format. */
interface FormatTally {
  cases: number;
  accepted: number;
  refused: number;
  /** Ended at a limit, with the error that says so. */
  limited: number;
  failures: number;
  codes: Record<string, number>;
  slowestSeconds: number;
  peakBytes: number;
}

/** A run, for the results folder. */
export interface FuzzReport {
  seed: number;
  cases: number;
  limits: { memoryBytes: number; seconds: number };
  seconds: number;
  /** Most resident memory of a sandboxed process in a case that was accepted, and of the service itself. */
  peakBytes: { sandbox: number; service: number };
  verdicts: Partial<Record<Verdict, number>>;
  codes: Record<string, number>;
  formats: Record<string, FormatTally>;
  failures: Omit<ListedOutcome, 'seconds'>[];
  limited: ListedOutcome[];
  unsettled: ListedOutcome[];
  slowest: ListedOutcome[];
}

interface ListedOutcome {
  case: string;
  source: string;
  verdict: string;
  message: string;
  seconds: number;
}

const SLOWEST = 15;
const MOST_LISTED = 200;

/** Adds up outcomes as they come, so that a run of any length takes little memory. */
export class FuzzTally {
  readonly #formats: Record<string, FormatTally> = {};
  readonly #verdicts: Partial<Record<Verdict, number>> = {};
  readonly #codes: Record<string, number> = {};
  readonly #failures: ListedOutcome[] = [];
  readonly #limited: ListedOutcome[] = [];
  readonly #unsettled: ListedOutcome[] = [];
  #slowest: ListedOutcome[] = [];
  #cases = 0;

  add(outcome: Outcome): void {
    const { id, code, verdict, seconds, peakBytes } = outcome;
    this.#cases++;
    this.#formats[id.format] ??= emptyTally();
    const tally = this.#formats[id.format]!;
    const failed = isFailure(outcome);
    tally.cases++;
    tally.codes[code] = (tally.codes[code] ?? 0) + 1;
    tally.slowestSeconds = Math.max(tally.slowestSeconds, round(seconds));
    tally.peakBytes = Math.max(tally.peakBytes, peakBytes ?? 0);
    this.#codes[code] = (this.#codes[code] ?? 0) + 1;
    if (verdict !== null) this.#verdicts[verdict] = (this.#verdicts[verdict] ?? 0) + 1;
    if (failed) tally.failures++;
    else if (code === 'accepted') tally.accepted++;
    else if (verdict !== null) tally.limited++;
    else tally.refused++;
    const listed = toListed(outcome);
    if (failed) push(this.#failures, listed);
    else if (verdict === 'unsettled_glb') push(this.#unsettled, listed);
    else if (verdict !== null) push(this.#limited, listed);
    if (this.#slowest.length < SLOWEST || seconds > this.#slowest.at(-1)!.seconds) {
      this.#slowest = [...this.#slowest, listed].sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    }
  }

  report(run: Pick<FuzzReport, 'seed' | 'limits' | 'seconds'> & { servicePeakBytes: number }): FuzzReport {
    const { servicePeakBytes, ...rest } = run;
    const sandbox = Math.max(0, ...Object.values(this.#formats).map(({ peakBytes }) => peakBytes));
    return {
      ...rest,
      cases: this.#cases,
      peakBytes: { sandbox, service: servicePeakBytes },
      verdicts: this.#verdicts,
      codes: sorted(this.#codes),
      formats: this.#formats,
      failures: this.#failures,
      limited: this.#limited,
      unsettled: this.#unsettled,
      slowest: this.#slowest,
    };
  }
}

/** The report as a page. `command`: what runs the same cases again. */
export function fuzzPage(report: FuzzReport, command: string): string {
  const { verdicts, formats } = report;
  const megabytes = (value: number) => `${Math.round(value / 1e6)} MB`;
  const rows = Object.entries(formats).map(
    ([name, { cases, accepted, refused, limited, failures, codes, slowestSeconds, peakBytes }]) =>
      `| ${name} | ${cases} | ${accepted} | ${refused} | ${limited} | ${failures} | ${slowestSeconds.toFixed(1)} s | ${megabytes(peakBytes)} | ${listCodes(codes)} |`,
  );
  const count = (verdict: Verdict) => verdicts[verdict] ?? 0;
  return `# ${report.cases.toLocaleString('en-GB')} mutated files

Seed ${report.seed}, in ${Math.round(report.seconds / 60)} minutes, through the sandbox of the geometry service with ${megabytes(report.limits.memoryBytes)} and ${report.limits.seconds} s for each file. Made by \`${command}\`.

| | |
| --- | --- |
| Crashes | ${count('crash')} |
| Internal errors | ${count('internal')} |
| Files that ran beyond their time limit | ${count('hang')} |
| Accepted files whose GLB the validator rejects | ${count('invalid_glb')} |
| Accepted files whose report breaks its schema | ${count('invalid_report')} |
| Errors without a place or a remedy | ${count('unclear_error')} |
| Ended at the time limit, with that error | ${count('time_limit')} |
| Ended at the memory limit, with that error | ${count('memory_limit')} |
| Accepted files whose GLB is corrected again when read | ${count('unsettled_glb')} |
| Most memory of a sandboxed process (accepted files) | ${megabytes(report.peakBytes.sandbox)} |
| Most memory of the process that runs the sandboxes and the validator | ${megabytes(report.peakBytes.service)} |

| Format | Files | Accepted | Refused | At a limit | Failures | Slowest | Most memory | Codes |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
${listing('Failures', report.failures)}${listing('At a limit', report.limited)}${listing('Slowest', report.slowest)}`;
}

function listing(title: string, outcomes: readonly Omit<ListedOutcome, 'seconds'>[]): string {
  if (outcomes.length === 0) return '';
  const lines = outcomes.slice(0, 40).map((outcome) => {
    const seconds = 'seconds' in outcome ? `${(outcome.seconds as number).toFixed(1)} s, ` : '';
    return `- \`${outcome.case}\` (${outcome.source}): ${seconds}${outcome.verdict}. ${outcome.message.slice(0, 160).replaceAll('\n', ' ')}`;
  });
  return `\n## ${title}\n\n${lines.join('\n')}\n`;
}

function listCodes(codes: Record<string, number>): string {
  return Object.entries(sorted(codes))
    .filter(([code]) => code !== 'accepted')
    .map(([code, many]) => `\`${code}\` ${many}`)
    .join(', ');
}

function sorted(codes: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(codes).sort(([, a], [, b]) => b - a));
}

function push(list: ListedOutcome[], outcome: ListedOutcome): void {
  if (list.length < MOST_LISTED) list.push(outcome);
}

function toListed({ id, source, verdict, code, message, seconds }: Outcome): ListedOutcome {
  // Files may say anything in what an error repeats of them.
  const printable = message.replace(/[^\x20-\x7e]/g, '?').slice(0, 300);
  return { case: writeCaseId(id), source, verdict: verdict ?? code, message: printable, seconds: round(seconds) };
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}

function emptyTally(): FormatTally {
  return {
    cases: 0,
    accepted: 0,
    refused: 0,
    limited: 0,
    failures: 0,
    codes: {},
    slowestSeconds: 0,
    peakBytes: 0,
  };
}
