import { Gunzip } from 'fflate';
import { crc32 } from '../zip/crc32.ts';

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
  checkTrailer(bytes, out);
  return out;
}

/** The last eight bytes are the checksum and the size of what was packed (RFC 1952, section 2.3.1). */
function checkTrailer(bytes: Uint8Array, out: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = bytes.byteLength - 8;
  if (at < 0 || view.getUint32(at, true) !== crc32(out) || view.getUint32(at + 4, true) !== out.length >>> 0)
    throw new Error('its checksum is missing or wrong');
}
