/**
 * Decodes a chunk of OpenEXR's PIZ compression: 16-bit values, of which each channel is a plane, went through a table of
 * the values that occur, a two-dimensional Haar wavelet and a Huffman code.
 */

/** One channel of a chunk: its place in the values, its columns and rows, and 16-bit words a pixel. */
export interface PizPlane {
  start: number;
  columns: number;
  rows: number;
  words: number;
}

const BITMAP_BYTES = 8192;
/** Symbols of the code: the values, and one for runs. */
const SYMBOLS = 65537;
const LONGEST_CODE = 58;
/** Bits that the table of short codes is indexed by. */
const TABLE_BITS = 14;

/**
 * @param total Number of 16-bit values.
 * @throws Error when the chunk is damaged.
 */
export function decodePiz(data: Uint8Array, planes: readonly PizPlane[], total: number): Uint16Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [first, last] = [view.getUint16(0, true), view.getUint16(2, true)];
  if (last >= BITMAP_BYTES) throw new Error('a table of values is damaged');
  const count = first <= last ? last - first + 1 : 0;
  const { values, most } = usedValues(data.subarray(4, 4 + count), first);
  const length = view.getInt32(4 + count, true);
  const start = 8 + count;
  if (length < 0 || start + length > data.length) throw new Error('a chunk ends early');
  const out = decodeHuffman(data.subarray(start, start + length), total);
  for (const { start: at, columns, rows, words } of planes) {
    for (let word = 0; word < words; word++) unfold(out, at + word, columns, words, rows, columns * words, most);
  }
  for (let i = 0; i < out.length; i++) out[i] = values[out[i]!]!;
  return out;
}

/** The values that occur, by rank. Zero always does. */
function usedValues(bitmap: Uint8Array, first: number): { values: Uint16Array; most: number } {
  const values = new Uint16Array(65536);
  let used = 1;
  bitmap.forEach((byte, i) => {
    for (let bit = 0; bit < 8; bit++) {
      const value = (first + i) * 8 + bit;
      if (value > 0 && byte & (1 << bit)) values[used++] = value;
    }
  });
  return { values, most: used - 1 };
}

/** Reads bits from the most significant on. */
class Bits {
  readonly #data: Uint8Array;
  #byte: number;
  #held = 0;
  #count = 0;

  constructor(data: Uint8Array, byte: number) {
    this.#data = data;
    this.#byte = byte;
  }

  /** Bytes read whole, once what is held is given up. */
  get position(): number {
    return this.#byte;
  }

  /** Up to 16 bits; past the end come zeros, and `left` turns negative. */
  read(bits: number): number {
    while (this.#count < bits) {
      this.#held = ((this.#held << 8) | (this.#data[this.#byte] ?? 0)) & 0xffffff;
      this.#byte++;
      this.#count += 8;
    }
    this.#count -= bits;
    return (this.#held >> this.#count) & ((1 << bits) - 1);
  }
}

/** Lengths of all codes, 6 bits each, with runs of zeros. Returns them with the byte behind the table. */
function codeLengths(data: Uint8Array, from: number, to: number): { lengths: Uint8Array; end: number } {
  const bits = new Bits(data, 20);
  const lengths = new Uint8Array(SYMBOLS);
  for (let symbol = from; symbol <= to; ) {
    if (bits.position > data.length + 4) throw new Error('a code table ends early');
    const length = bits.read(6);
    if (length <= LONGEST_CODE) {
      lengths[symbol++] = length;
      continue;
    }
    const run = length === 63 ? bits.read(8) + 6 : length - LONGEST_CODE + 1;
    if (symbol + run > to + 1) throw new Error('a code table is damaged');
    symbol += run;
  }
  return { lengths, end: bits.position };
}

/** Canonical codes: of equal length in order of symbols, longer codes with smaller numbers. */
interface CanonicalCode {
  /** Least code of each length, and where its symbols begin. */
  least: number[];
  symbolFirst: number[];
  symbolCount: number[];
  symbols: Uint32Array;
  longest: number;
}

function canonicalCode(lengths: Uint8Array): CanonicalCode {
  const symbolCount = new Array<number>(LONGEST_CODE + 1).fill(0);
  for (const length of lengths) if (length > 0) symbolCount[length]!++;
  const least = new Array<number>(LONGEST_CODE + 1).fill(0);
  for (let length = LONGEST_CODE, code = 0; length > 0; length--) {
    least[length] = code;
    code = Math.floor((code + symbolCount[length]!) / 2);
  }
  const symbolFirst = new Array<number>(LONGEST_CODE + 2).fill(0);
  for (let length = 1; length <= LONGEST_CODE; length++)
    symbolFirst[length + 1] = symbolFirst[length]! + symbolCount[length]!;
  const next = [...symbolFirst];
  const symbols = new Uint32Array(symbolFirst[LONGEST_CODE + 1]!);
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[next[length]!++] = symbol;
  });
  return { least, symbolFirst, symbolCount, symbols, longest: symbolCount.findLastIndex((n) => n > 0) };
}

/** Short codes by their first bits: symbol and length, or 0 where a code is longer. */
function shortCodes({ least, symbolFirst, symbolCount, symbols }: CanonicalCode): Uint32Array {
  const table = new Uint32Array(1 << TABLE_BITS);
  for (let length = 1; length <= TABLE_BITS; length++) {
    for (let i = 0; i < symbolCount[length]!; i++) {
      const code = least[length]! + i;
      if (code >= 1 << length) throw new Error('a code table is damaged');
      const start = code << (TABLE_BITS - length);
      table.fill(symbols[symbolFirst[length]! + i]! * 64 + length, start, start + (1 << (TABLE_BITS - length)));
    }
  }
  return table;
}

function decodeHuffman(data: Uint8Array, total: number): Uint16Array {
  const out = new Uint16Array(total);
  if (data.length < 20) throw new Error('a chunk ends early');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const [from, to, bitCount] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(12, true)];
  if (from >= SYMBOLS || to >= SYMBOLS) throw new Error('a code table is damaged');
  const { lengths, end } = codeLengths(data, from, to);
  const code = canonicalCode(lengths);
  const table = shortCodes(code);
  if (bitCount > (data.length - end) * 8) throw new Error('a chunk ends early');
  /** Bits from `at` on, up to 24 of them. */
  const peek = (at: number, bits: number): number => {
    const byte = end + (at >> 3);
    const word =
      (((data[byte] ?? 0) << 24) |
        ((data[byte + 1] ?? 0) << 16) |
        ((data[byte + 2] ?? 0) << 8) |
        (data[byte + 3] ?? 0)) >>>
      0;
    return ((word << (at & 7)) >>> 0) >>> (32 - bits);
  };
  let written = 0;
  for (let at = 0; at < bitCount; ) {
    const entry = table[peek(at, TABLE_BITS)]!;
    let symbol = entry >>> 6;
    if (entry > 0) at += entry & 63;
    else {
      let length = TABLE_BITS + 1;
      // Longer codes are rare: bit by bit. Numbers stay exact, for they are below 2^53 where codes of that length exist.
      let value = peek(at, TABLE_BITS) * 2 + peek(at + TABLE_BITS, 1);
      while (
        length <= code.longest &&
        !(value - code.least[length]! < code.symbolCount[length]! && value >= code.least[length]!)
      ) {
        value = value * 2 + peek(at + length, 1);
        length++;
      }
      if (length > code.longest) throw new Error('a code is not known');
      symbol = code.symbols[code.symbolFirst[length]! + value - code.least[length]!]!;
      at += length;
    }
    if (at > bitCount) throw new Error('a chunk ends within a code');
    if (symbol === to) {
      const run = peek(at, 8);
      at += 8;
      if (written === 0 || written + run > total || at > bitCount) throw new Error('a run of values is damaged');
      out.fill(out[written - 1]!, written, written + run);
      written += run;
    } else {
      if (written >= total) throw new Error('a chunk has too many values');
      out[written++] = symbol;
    }
  }
  if (written !== total) throw new Error('a chunk has too few values');
  return out;
}

/**
 * Undoes the wavelet of a plane in place: from coarse to fine, each 2 × 2 block is made of a mean and three differences.
 * Where values have at most 14 bits the arithmetic is signed, else modulo 2^16.
 */
function unfold(a: Uint16Array, start: number, nx: number, ox: number, ny: number, oy: number, most: number): void {
  const narrow = most < 1 << 14;
  let [low, high] = [0, 0];
  const join = (mean: number, difference: number) => {
    if (narrow) {
      const d = (difference << 16) >> 16;
      const sum = ((mean << 16) >> 16) + (d & 1) + (d >> 1);
      low = sum & 0xffff;
      high = (sum - d) & 0xffff;
    } else {
      high = (mean - (difference >> 1)) & 0xffff;
      low = (difference + high - 0x8000) & 0xffff;
    }
  };
  let half = 1;
  while (half * 2 <= Math.min(nx, ny)) half *= 2;
  for (half /= 2; half >= 1; half /= 2) {
    const step = half * 2;
    let y = 0;
    for (; y + step <= ny; y += step) {
      let x = 0;
      for (; x + step <= nx; x += step) {
        const p00 = start + y * oy + x * ox;
        const [p01, p10] = [p00 + half * ox, p00 + half * oy];
        const p11 = p10 + half * ox;
        join(a[p00]!, a[p10]!);
        const [top, bottom] = [low, high];
        join(a[p01]!, a[p11]!);
        const [topRight, bottomRight] = [low, high];
        join(top, topRight);
        a[p00] = low;
        a[p01] = high;
        join(bottom, bottomRight);
        a[p10] = low;
        a[p11] = high;
      }
      if (nx & half) {
        const p = start + y * oy + x * ox;
        join(a[p]!, a[p + half * oy]!);
        a[p] = low;
        a[p + half * oy] = high;
      }
    }
    if (ny & half) {
      for (let x = 0; x + step <= nx; x += step) {
        const p = start + y * oy + x * ox;
        join(a[p]!, a[p + half * ox]!);
        a[p] = low;
        a[p + half * ox] = high;
      }
    }
  }
}
