import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '../objects/objects.ts';
import type { Logger } from '../telemetry/logger.ts';
import { fileInfected, scannerAway } from './errors.ts';
import type { Scanner, Verdict } from './scanner.ts';

/** Has stored files scanned before anything refers to them. */
export type ScanFiles = (files: readonly SourceFile[], signal?: AbortSignal) => Promise<void>;

/** How uploads are scanned. */
export interface ScanOptions {
  /** None: nothing is scanned. */
  scanner: Scanner | undefined;
  /** What becomes of files of which the scanner gives no verdict. */
  whenAway: 'refuse' | 'accept';
  objects: ObjectStore;
  logger: Logger;
}

/**
 * @returns a function that has files scanned, one after another, and throws MaquetteError `file_infected`, or
 * `unavailable` when there is no verdict and none is not good enough
 */
export function createScan({ scanner, whenAway, objects, logger }: ScanOptions): ScanFiles {
  if (scanner === undefined) return async () => {};
  return async (files, signal) => {
    for (const { name, sha256, bytes } of files) {
      let verdict: Verdict;
      try {
        verdict = await scanner.scan({ name, bytes }, () => objects.read(sha256), signal);
      } catch (error) {
        signal?.throwIfAborted();
        logger.error({ err: error, sha256, accepted: whenAway === 'accept' }, 'the virus scanner gave no verdict');
        if (whenAway === 'accept') continue;
        throw scannerAway(error);
      }
      if (verdict.clean) continue;
      logger.warn({ sha256, finding: verdict.finding }, 'the virus scanner rejects a file');
      throw fileInfected(name, verdict.finding);
    }
  };
}
