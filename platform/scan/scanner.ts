import type { Readable } from 'node:stream';

/** What a scanner says of some bytes. */
export type Verdict = { clean: true } | { clean: false; finding: string };

/** Looks for malware in uploads. Adapters: `icap-scanner.ts`, `command-scanner.ts`. */
export interface Scanner {
  /**
   * @param open gives the bytes, from the beginning each time
   * @throws Error when the scanner gives no verdict: it is away, too slow, or answers what is none
   */
  scan(file: { name: string; bytes: number }, open: () => Promise<Readable>, signal?: AbortSignal): Promise<Verdict>;
}
