import { gunzipSync, gzipSync } from 'fflate';
import type { BytesMutator } from './mutator.ts';

/** Damages what a gzip file holds and packs it again, so that the damage gets through the checksum. */
export function insideGzip(mutate: BytesMutator): BytesMutator {
  return (bytes, random) => {
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return mutate(bytes, random);
    return gzipSync(mutate(gunzipSync(bytes), random), { mtime: 0 });
  };
}
