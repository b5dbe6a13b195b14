// Huffman codes (ITU-T T.81, annexes C and F): a look-up by the next bits for short codes, by limits for longer ones.

import { HUFFMAN_SYMBOLS, LOOK_BITS, TABLE_LIMITS, TABLE_OFFSETS } from './layout';

/**
 * Builds the look-up for codes as a file lists them. An entry has the bits that it takes in its lowest byte and the
 * symbol above; of AC codes whose number fits into the look-up too it has the run above, then the number, which is not 0.
 * 0 stands for codes that are longer.
 *
 * @returns whether the lengths can be those of a code.
 */
export function buildTable(table: usize, spec: usize, isAc: bool): bool {
  memory.fill(table, 0, <usize>4 << LOOK_BITS);
  let code: u32 = 0, symbol = 0;
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(spec + length - 1);
    if (code + count > <u32>1 << length) return false;
    store<i32>(table + (<usize>length << 2), symbol - <i32>code, TABLE_OFFSETS);
    for (let i = 0; i < count; i++, code++, symbol++) {
      if (length <= LOOK_BITS) fill(table, code, length, <u32>load<u8>(spec + symbol, HUFFMAN_SYMBOLS), isAc);
    }
    // Codes of this length are below it, as the 16 bits that they begin.
    store<u32>(table + (<usize>length << 2), code << (16 - length), TABLE_LIMITS);
    code <<= 1;
  }
  return symbol <= 256;
}

/** Writes the entries that begin with a code. */
function fill(table: usize, code: u32, length: i32, symbol: u32, isAc: bool): void {
  const free = LOOK_BITS - length, size = <i32>(symbol & 15);
  const first = code << free;
  for (let rest: u32 = 0; rest < <u32>1 << free; rest++) {
    let entry = <u32>length | (symbol << 8);
    if (isAc && size > 0 && size <= free) {
      const value = extend(rest >> (free - size), size);
      entry = <u32>(length + size) | ((symbol >> 4) << 8) | (<u32>value << 16);
    }
    store<u32>(table + (<usize>(first + rest) << 2), entry);
  }
}

/** The number that `size` bits stand for (F.2.2.1). */
// @ts-ignore: decorator
@inline
export function extend(bits: u32, size: i32): i32 {
  return <i32>bits < 1 << (size - 1) ? <i32>bits - (1 << size) + 1 : <i32>bits;
}

/** Length (low byte) and symbol of a code that the look-up does not know; 0 when there is none. */
export function findLong(table: usize, spec: usize, bits: u32): u32 {
  for (let length = LOOK_BITS + 1; length <= 16; length++) {
    if (bits >= load<u32>(table + (<usize>length << 2), TABLE_LIMITS)) continue;
    const index = <i32>(bits >> (16 - length)) + load<i32>(table + (<usize>length << 2), TABLE_OFFSETS);
    if (index < 0 || index > 255) return 0;
    return <u32>length | (<u32>load<u8>(spec + index, HUFFMAN_SYMBOLS) << 8);
  }
  return 0;
}
