import { Gunzip } from 'fflate';

/** Compressed bytes fed at a time, so that a bomb is noticed before it has unfolded. */
const CHUNK = 1 << 16;

/**
 * Unpacks gzip (RFC 1952) up to a size.
 *
 * @returns null where the data is larger than `limit`
 * @throws Error of the decompressor for damaged or cut data
 */
export function gunzipBounded(bytes: Uint8Array, limit: number): Uint8Array | null {
  const parts: Uint8Array[] = [];
  let length = 0;
  let finished = false;
  const stream = new Gunzip((part, final) => {
    length += part.length;
    if (length <= limit) parts.push(part);
    finished = final;
  });
  for (let at = 0; at < bytes.length && length <= limit; at += CHUNK) {
    stream.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
  }
  if (length > limit) return null;
  if (!finished) throw new Error('unexpected end of the compressed data');
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
