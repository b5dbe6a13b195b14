// The entropy-coded data as a stream of bits: bytes of 0xff lose the zero that follows them, and words are turned so that
// 32 bits can be taken at once.

import { SOURCE_PAD } from './layout';

/** Bits that have been taken from memory, the next one at the top; bits below the valid ones are zero. */
export let buffer: u64 = 0;
/** How many of them are valid. */
export let valid: i32 = 0;
/** Where the next ones lie. */
export let position: usize = 0;
/** End of the stream. */
let end: usize = 0;

/** Puts the reader's state back after a block that kept it in variables of its own. */
// @ts-ignore: decorator
@inline
export function putBack(bits: u64, count: i32, at: usize): void {
  buffer = bits;
  valid = count;
  position = at;
}

/** Whether all bits taken so far were there. */
// @ts-ignore: decorator
@inline
export function isWithin(): bool {
  return position - (<usize>valid >> 3) <= end;
}

/** Whether nothing but the filling of the last byte is left. */
export function isAtEnd(): bool {
  const taken = (<i64>position << 3) - valid, all = <i64>end << 3;
  return taken <= all && all - taken < 8;
}

/** Makes a stream of the data in place. False when it does not end with the end of the image. */
export function openStream(source: usize, length: usize): bool {
  const last = source + length, ff = i8x16.splat(-1);
  let from = source, to = source;
  while (from < last) {
    // Sixteen bytes at once where none is 0xff.
    while (from + 16 <= last) {
      const bytes = v128.load(from);
      if (v128.any_true(i8x16.eq(bytes, ff))) break;
      v128.store(to, bytes);
      from += 16;
      to += 16;
    }
    const stop = min(from + 16, last);
    for (; from < stop; from++, to++) {
      const byte = load<u8>(from);
      store<u8>(to, byte);
      if (byte != 0xff) continue;
      if (from + 1 >= last) return false;
      const next = load<u8>(from + 1);
      if (next == 0) from++;
      else {
        if (next != 0xd9) return false;
        seal(source, to);
        return true;
      }
    }
  }
  return false;
}

/** Ends the stream with zeros and turns its words. */
function seal(source: usize, to: usize): void {
  memory.fill(to, 0, SOURCE_PAD >> 1);
  for (let at = source; at < to; at += 16) {
    const bytes = v128.load(at);
    v128.store(at, v128.shuffle<i8>(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
  end = to;
  buffer = 0;
  valid = 0;
  position = source;
}
