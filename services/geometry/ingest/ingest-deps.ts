import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import type { ScanFiles } from '#platform/scan/scan-files.ts';

/** What bringing files in needs. */
export interface IngestDeps {
  objects: ObjectStore;
  outbound: Outbound;
  /** Has files scanned before they count. */
  scan: ScanFiles;
  /** Bytes of all files of one upload. */
  uploadLimitBytes: number;
}
