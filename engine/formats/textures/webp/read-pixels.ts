import type { BitReader } from './bit-reader.ts';
import { type PrefixCode, readPrefixCode } from './prefix-code.ts';

/** Offsets of the 120 nearest pixels: rows above in the high four bits, eight less the columns to the left in the low. */
const NEAR = Uint8Array.from(
  (
    '1807171928062729161a262a38053739151b363a252b48044749141c353b464a242c58454b343c035759131d565a232d' +
    '444c555b333d68026769121e666a222e545c434d656b323e78017779535d111f646c424e767a212f757b313f636d525e' +
    '00747c414f1020626e30737d515f40727e616f50717f6070'
  ).match(/../g) as string[],
  (pair) => Number.parseInt(pair, 16),
);

const GREEN = 256 + 24;

/**
 * Reads one image of the stream: literal pixels, copies of earlier ones and entries of the colour cache (RFC 9649,
 * section 5), as ARGB.
 *
 * @param isMain whether several sets of prefix codes may be in use
 * @throws RangeError for damaged data
 */
export function readPixels(bits: BitReader, width: number, height: number, isMain: boolean): Uint32Array {
  const cacheBits = bits.read(1) === 1 ? bits.read(4) : 0;
  if (cacheBits > 11) throw new RangeError(`the colour cache has ${cacheBits} bits`);
  const cache = new Uint32Array(cacheBits > 0 ? 1 << cacheBits : 0);
  let groupOf: Uint32Array | null = null;
  let blockBits = 0;
  let groups = 1;
  let columns = 0;
  if (isMain && bits.read(1) === 1) {
    blockBits = bits.read(3) + 2;
    columns = Math.ceil(width / (1 << blockBits));
    groupOf = readPixels(bits, columns, Math.ceil(height / (1 << blockBits)), false);
    for (let i = 0; i < groupOf.length; i++) {
      groupOf[i] = (groupOf[i]! >>> 8) & 0xffff;
      groups = Math.max(groups, groupOf[i]! + 1);
    }
  }
  const codes: PrefixCode[][] = [];
  for (let i = 0; i < groups; i++)
    codes.push([GREEN + cache.length, 256, 256, 256, 40].map((alphabet) => readPrefixCode(bits, alphabet)));
  const pixels = new Uint32Array(width * height);
  let cached = 0;
  const fillCache = (end: number): void => {
    for (; cached < end; cached++) cache[Math.imul(0x1e35a7bd, pixels[cached]!) >>> (32 - cacheBits)] = pixels[cached]!;
  };
  let x = 0;
  let y = 0;
  for (let at = 0; at < pixels.length; ) {
    const group = groupOf ? groupOf[(y >> blockBits) * columns + (x >> blockBits)]! : 0;
    const [green, red, blue, alpha, distances] = codes[group]! as [
      PrefixCode,
      PrefixCode,
      PrefixCode,
      PrefixCode,
      PrefixCode,
    ];
    const symbol = green.read(bits);
    let length = 1;
    if (symbol < 256) {
      const r = red.read(bits);
      const b = blue.read(bits);
      pixels[at] = (alpha.read(bits) << 24) | (r << 16) | (symbol << 8) | b;
    } else if (symbol < GREEN) {
      length = readLength(bits, symbol - 256);
      const code = readLength(bits, distances.read(bits));
      const near = NEAR[code - 1];
      const distance = near === undefined ? code - 120 : Math.max(1, (near >> 4) * width + 8 - (near & 15));
      if (distance > at || at + length > pixels.length) throw new RangeError('a copy reaches outside the image');
      for (let i = 0; i < length; i++) pixels[at + i] = pixels[at + i - distance]!;
    } else {
      fillCache(at);
      pixels[at] = cache[symbol - GREEN]!;
    }
    at += length;
    x += length;
    while (x >= width) {
      x -= width;
      y++;
    }
    if (cacheBits > 0) fillCache(at);
  }
  return pixels;
}

function readLength(bits: BitReader, symbol: number): number {
  if (symbol < 4) return symbol + 1;
  const extra = (symbol - 2) >> 1;
  return ((2 + (symbol & 1)) << extra) + bits.read(extra) + 1;
}
