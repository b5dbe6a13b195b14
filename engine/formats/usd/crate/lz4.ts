const MIN_MATCH = 4;
/** The last match begins no later than this before the end (LZ4 block format, end of block conditions). */
const LAST_MATCH = 12;
/** So many bytes at the end are literals. */
const LAST_LITERALS = 5;
const HASH_BITS = 14;
const MAX_DISTANCE = 65535;

/** Most bytes that `compressLz4` makes of so many. */
export function lz4Bound(length: number): number {
  return length + Math.ceil(length / 255) + 16;
}

/** Compresses to one LZ4 block (the LZ4 block format, greedy with one hash table), without a frame around it. */
export function compressLz4(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(lz4Bound(input.length));
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  let at = 0;
  let anchor = 0;
  let position = 0;

  const length = (value: number): void => {
    let rest = value;
    for (; rest >= 255; rest -= 255) out[at++] = 255;
    out[at++] = rest;
  };
  const literals = (end: number, matchCode: number): void => {
    const count = end - anchor;
    out[at++] = (Math.min(count, 15) << 4) | Math.min(matchCode, 15);
    if (count >= 15) length(count - 15);
    out.set(input.subarray(anchor, end), at);
    at += count;
  };

  const lastStart = input.length - LAST_MATCH;
  const lastEnd = input.length - LAST_LITERALS;
  while (position <= lastStart) {
    const word =
      input[position]! | (input[position + 1]! << 8) | (input[position + 2]! << 16) | (input[position + 3]! << 24);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[slot]!;
    table[slot] = position;
    const isMatch =
      candidate >= 0 &&
      position - candidate <= MAX_DISTANCE &&
      input[candidate] === input[position] &&
      input[candidate + 1] === input[position + 1] &&
      input[candidate + 2] === input[position + 2] &&
      input[candidate + 3] === input[position + 3];
    if (!isMatch) {
      position++;
      continue;
    }
    let size = MIN_MATCH;
    while (position + size < lastEnd && input[candidate + size] === input[position + size]) size++;
    literals(position, size - MIN_MATCH);
    const distance = position - candidate;
    out[at++] = distance & 255;
    out[at++] = distance >> 8;
    if (size - MIN_MATCH >= 15) length(size - MIN_MATCH - 15);
    position += size;
    anchor = position;
  }
  literals(input.length, 0);
  return out.slice(0, at);
}

/** The same with the byte in front that USD puts there: 0, there is one block (`TfFastCompression`). */
export function compressFast(input: Uint8Array): Uint8Array {
  const block = compressLz4(input);
  const out = new Uint8Array(block.length + 1);
  out.set(block, 1);
  return out;
}
