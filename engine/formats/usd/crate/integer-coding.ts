import { compressFast } from './lz4.ts';

/**
 * Compresses 32-bit integers as crate files hold them (`Usd_IntegerCompression`): the difference of each to the one
 * before, in two bits where it is the most frequent one, else in one, two or four bytes; LZ4 over all.
 */
export function compressIntegers(values: ArrayLike<number>): Uint8Array {
  const count = values.length;
  if (count === 0) return new Uint8Array(0);
  const frequent = mostFrequentDifference(values);
  const codeBytes = (count * 2 + 7) >> 3;
  const out = new Uint8Array(4 + codeBytes + count * 4);
  const view = new DataView(out.buffer);
  view.setInt32(0, frequent, true);
  let at = 4 + codeBytes;
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const difference = (values[i]! - previous) | 0;
    previous = values[i]! | 0;
    let code: number;
    if (difference === frequent) code = 0;
    else if (difference >= -128 && difference <= 127) {
      code = 1;
      view.setInt8(at, difference);
      at += 1;
    } else if (difference >= -32768 && difference <= 32767) {
      code = 2;
      view.setInt16(at, difference, true);
      at += 2;
    } else {
      code = 3;
      view.setInt32(at, difference, true);
      at += 4;
    }
    out[4 + (i >> 2)]! |= code << ((i & 3) * 2);
  }
  return compressFast(out.subarray(0, at));
}

/** Of equally frequent ones the greatest, so that no order of a table decides. */
function mostFrequentDifference(values: ArrayLike<number>): number {
  const counts = new Map<number, number>();
  let previous = 0;
  for (let i = 0; i < values.length; i++) {
    const difference = (values[i]! - previous) | 0;
    previous = values[i]! | 0;
    counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  let best = 0;
  let most = 0;
  for (const [difference, count] of counts) {
    if (count > most || (count === most && difference > best)) {
      best = difference;
      most = count;
    }
  }
  return best;
}
