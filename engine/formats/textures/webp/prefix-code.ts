import type { BitReader } from './bit-reader.ts';

/** Order in which the lengths of the code of code lengths are stored (RFC 9649, section 6.2.1.2). */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const MAX_LENGTH = 15;
const ROOT_BITS = 9;

/** A canonical prefix code, read bit by bit behind a table for the first bits. */
export class PrefixCode {
  /** By the next `ROOT_BITS` bits: length in the low four bits, symbol above; 0 where the code is longer. */
  private readonly root = new Uint32Array(1 << ROOT_BITS);
  /** Of each length: the first code, how many there are, and where their symbols begin. */
  private readonly firstCode = new Int32Array(MAX_LENGTH + 2);
  private readonly counts = new Int32Array(MAX_LENGTH + 2);
  private readonly firstSymbol = new Int32Array(MAX_LENGTH + 2);
  private readonly symbols: Uint16Array;
  /** The only symbol, which takes no bits; -1 where there are several. */
  private readonly single: number;

  /** @throws RangeError for lengths that are no complete code */
  constructor(lengths: Uint8Array) {
    let used = 0;
    let last = -1;
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      this.counts[length]!++;
      used++;
      last = symbol;
    }
    this.single = used === 1 ? last : -1;
    this.symbols = new Uint16Array(used);
    if (used === 0) throw new RangeError('a prefix code has no symbols');
    if (used === 1) return;
    let code = 0;
    for (let length = 1, at = 0; length <= MAX_LENGTH; length++) {
      this.firstCode[length] = code;
      this.firstSymbol[length] = at;
      at += this.counts[length]!;
      code = (code + this.counts[length]!) << 1;
      if (code > 1 << (length + 1)) throw new RangeError('a prefix code has too many symbols');
    }
    if (code !== 1 << (MAX_LENGTH + 1)) throw new RangeError('a prefix code is not complete');
    const next = this.firstCode.slice();
    const place = this.firstSymbol.slice();
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      this.symbols[place[length]!++] = symbol;
      const reversed = reverse(next[length]!++, length);
      if (length > ROOT_BITS) continue;
      for (let i = reversed; i < this.root.length; i += 1 << length) this.root[i] = (symbol << 4) | length;
    }
  }

  read(bits: BitReader): number {
    if (this.single >= 0) return this.single;
    const entry = this.root[bits.peek(ROOT_BITS)]!;
    if (entry !== 0) {
      bits.skip(entry & 15);
      return entry >>> 4;
    }
    let code = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code = (code << 1) | bits.read(1);
      const offset = code - this.firstCode[length]!;
      if (offset < this.counts[length]!) return this.symbols[this.firstSymbol[length]! + offset]!;
    }
    throw new RangeError('a symbol is in no prefix code');
  }
}

/** Reads the definition of a prefix code (RFC 9649, section 6.2.1). */
export function readPrefixCode(bits: BitReader, alphabet: number): PrefixCode {
  const lengths = new Uint8Array(alphabet);
  const set = (symbol: number): void => {
    if (symbol >= alphabet) throw new RangeError('a prefix code names a symbol outside its alphabet');
    lengths[symbol] = 1;
  };
  if (bits.read(1) === 1) {
    const both = bits.read(1) === 1;
    set(bits.read(bits.read(1) === 1 ? 8 : 1));
    if (both) set(bits.read(8));
    return new PrefixCode(lengths);
  }
  const ofLengths = new Uint8Array(19);
  const stored = 4 + bits.read(4);
  for (let i = 0; i < stored; i++) ofLengths[LENGTH_ORDER[i]!] = bits.read(3);
  const code = new PrefixCode(ofLengths);
  let left = bits.read(1) === 0 ? alphabet : 2 + bits.read(2 + 2 * bits.read(3));
  for (let symbol = 0, previous = 8; symbol < alphabet && left > 0; left--) {
    const length = code.read(bits);
    if (length < 16) {
      lengths[symbol++] = length;
      if (length > 0) previous = length;
      continue;
    }
    const repeat = length === 16 ? 3 + bits.read(2) : length === 17 ? 3 + bits.read(3) : 11 + bits.read(7);
    if (symbol + repeat > alphabet) throw new RangeError('a prefix code has more lengths than symbols');
    lengths.fill(length === 16 ? previous : 0, symbol, symbol + repeat);
    symbol += repeat;
  }
  return new PrefixCode(lengths);
}

function reverse(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}
