/** A picture as bytes: red, green, blue and alpha for each pixel, the upper left one first. */
export interface RgbaImage {
  width: number;
  height: number;
  pixels: Uint8Array;
}

const HEADER = 18;

/** More pixels than this are refused before memory is taken. */
const MAX_PIXELS = 16_384 * 16_384;

/**
 * Decodes a Truevision TGA 2.0 picture: true colour, grey and colour map, plain and run-length encoded. Null for
 * bytes that are none or that end too early. The format has no signature, so that the header must make sense.
 */
export function decodeTga(bytes: Uint8Array): RgbaImage | null {
  if (bytes.byteLength < HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mapType = bytes[1]!;
  const type = bytes[2]!;
  const mapLength = view.getUint16(5, true);
  const mapBits = bytes[7]!;
  const width = view.getUint16(12, true);
  const height = view.getUint16(14, true);
  const bits = bytes[16]!;
  const kind = type & 7;
  const fits =
    (kind === 1 && bits === 8 && mapType === 1) ||
    (kind === 2 && [15, 16, 24, 32].includes(bits)) ||
    (kind === 3 && (bits === 8 || bits === 16));
  if (!fits || mapType > 1 || (type & ~0xb) !== 0 || width === 0 || height === 0 || width * height > MAX_PIXELS)
    return null;
  const size = (bits + 7) >> 3;
  const mapSize = mapType === 1 ? (mapBits + 7) >> 3 : 0;
  const mapStart = HEADER + bytes[0]!;
  const start = mapStart + mapLength * mapSize;
  const raw =
    type & 8 ? unpackRuns(bytes, start, width * height, size) : bytes.subarray(start, start + width * height * size);
  if (!raw || raw.length < width * height * size) return null;
  const pixels = new Uint8Array(width * height * 4);
  const fromTop = (bytes[17]! & 0x20) !== 0;
  const fromRight = (bytes[17]! & 0x10) !== 0;
  // Many writers leave the number of alpha bits at 0 and fill the alpha all the same; where all of it is 0 it is none.
  for (let i = 0; i < width * height; i++) {
    const row = Math.floor(i / width);
    const column = i % width;
    const to = ((fromTop ? row : height - 1 - row) * width + (fromRight ? width - 1 - column : column)) * 4;
    if (kind === 1) {
      const index = raw[i]!;
      if (index < mapLength) readColor(bytes, mapStart + index * mapSize, mapBits, pixels, to);
    } else if (kind === 3) {
      pixels.fill(raw[i * size]!, to, to + 3);
      pixels[to + 3] = size === 2 ? raw[i * 2 + 1]! : 255;
    } else readColor(raw, i * size, bits, pixels, to);
  }
  if (isTransparent(pixels)) for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
  return { width, height, pixels };
}

function readColor(from: Uint8Array, at: number, bits: number, to: Uint8Array, out: number): void {
  if (bits <= 16) {
    const value = from[at]! | (from[at + 1]! << 8);
    for (let k = 0; k < 3; k++) {
      const five = (value >> (10 - k * 5)) & 31;
      to[out + k] = (five << 3) | (five >> 2);
    }
    to[out + 3] = 255;
    return;
  }
  for (let k = 0; k < 3; k++) to[out + k] = from[at + 2 - k]!;
  to[out + 3] = bits === 32 ? from[at + 3]! : 255;
}

function unpackRuns(bytes: Uint8Array, start: number, pixels: number, size: number): Uint8Array | null {
  // A run of 128 pixels takes at least one byte and a pixel.
  if (pixels > (bytes.length - start) * 128) return null;
  const out = new Uint8Array(pixels * size);
  let to = 0;
  for (let at = start; to < out.length; ) {
    const packet = bytes[at++];
    if (packet === undefined) return null;
    const count = Math.min((packet & 127) + 1, (out.length - to) / size);
    const isRun = packet >= 128;
    if (at + (isRun ? size : count * size) > bytes.length) return null;
    for (let i = 0; i < count * size; i++) out[to++] = bytes[at + (isRun ? i % size : i)]!;
    at += isRun ? size : count * size;
  }
  return out;
}

function isTransparent(pixels: Uint8Array): boolean {
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i] !== 0) return false;
  return true;
}
