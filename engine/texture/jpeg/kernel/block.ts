// Reads one block of coefficients (ITU-T T.81, F.2.2) and turns it into samples.

import { buffer, position, putBack, valid } from './bits';
import { extend, findLong } from './huffman';
import { BLOCK, HUFFMAN_BYTES, LOOK_BITS, ORDER, TABLE_BYTES } from './layout';
import { fillSamples, transform } from './transform';

/** Number of the first coefficient of the component's block before. */
let dc0: i32 = 0, dc1: i32 = 0, dc2: i32 = 0;

/** Begins an image. */
export function resetBlocks(): void {
  dc0 = dc1 = dc2 = 0;
}

/**
 * Reads a block and writes its 8 × 8 samples.
 *
 * @param table of the look-ups for DC codes, that for AC codes behind it; `spec` as the file has them
 * @param quantisation of the component
 * @param to the first sample, in rows of `stride` bytes
 * @returns whether the data make sense; what does not may still be read by others
 */
export function readBlock(
  component: i32, scratch: usize, table: usize, spec: usize, quantisation: usize, to: usize, stride: usize,
): bool {
  let bits = buffer, count = valid, at = position;
  if (count < 32) {
    bits |= <u64>load<u32>(at) << (32 - count);
    at += 4;
    count += 32;
  }
  let entry = load<u32>(table + (<usize>(bits >> (64 - LOOK_BITS)) << 2));
  if (entry == 0) entry = findLong(table, spec, <u32>(bits >> 48));
  let length = <i32>(entry & 255), size = <i32>(entry >> 8);
  if (length == 0 || size > 11) return false;
  bits <<= length;
  count -= length;
  let dc = component == 0 ? dc0 : component == 1 ? dc1 : dc2;
  if (size > 0) {
    dc += extend(<u32>(bits >> (64 - size)), size);
    bits <<= size;
    count -= size;
  }
  if (component == 0) dc0 = dc;
  else if (component == 1) dc1 = dc;
  else dc2 = dc;
  const first = dc * <i32>load<u16>(quantisation);
  if (first != <i32>(<i16>first)) return false;

  const block = scratch + BLOCK, order = scratch + ORDER, ac = table + TABLE_BYTES;
  let k = 1, isFlat = true;
  while (k < 64) {
    if (count < 32) {
      bits |= <u64>load<u32>(at) << (32 - count);
      at += 4;
      count += 32;
    }
    entry = load<u32>(ac + (<usize>(bits >> (64 - LOOK_BITS)) << 2));
    if (entry == 0) {
      entry = findLong(ac, spec + HUFFMAN_BYTES, <u32>(bits >> 48));
      if (entry == 0) return false;
    }
    length = <i32>(entry & 255);
    bits <<= length;
    count -= length;
    let value = <i32>entry >> 16;
    if (value != 0) k += <i32>(entry >> 8) & 255;
    else {
      size = <i32>(entry >> 8) & 15;
      const run = <i32>(entry >> 12) & 15;
      if (size == 0) {
        if (run != 15) break;
        k += 16;
        continue;
      }
      k += run;
      value = extend(<u32>(bits >> (64 - size)), size);
      bits <<= size;
      count -= size;
    }
    if (k > 63) return false;
    if (isFlat) {
      clear(block);
      isFlat = false;
    }
    const place = <usize>load<u8>(order + k);
    value *= <i32>load<u16>(quantisation + (place << 1));
    if (value != <i32>(<i16>value)) return false;
    store<i16>(block + (place << 1), <i16>value);
    k++;
  }
  // A run of zeros must not lead beyond the block.
  if (k > 64) return false;
  putBack(bits, count, at);
  if (isFlat) fillSamples(first, to, stride);
  else {
    store<i16>(block, <i16>first);
    transform(block, to, stride);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function clear(block: usize): void {
  const zero = i64x2.splat(0);
  v128.store(block, zero);
  v128.store(block, zero, 16);
  v128.store(block, zero, 32);
  v128.store(block, zero, 48);
  v128.store(block, zero, 64);
  v128.store(block, zero, 80);
  v128.store(block, zero, 96);
  v128.store(block, zero, 112);
}
