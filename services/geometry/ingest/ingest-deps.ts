import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';

/** What bringing files in needs. */
export interface IngestDeps {
  objects: ObjectStore;
  outbound: Outbound;
  /** Bytes of all files of one upload. */
  uploadLimitBytes: number;
}
