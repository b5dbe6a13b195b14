import { unzlibSync } from 'fflate';
import { concatBytes } from '../../texture/concat-bytes.ts';
import type { RgbaImage } from './decode-tga.ts';

/** Samples of a pixel by colour type. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Decodes the PNG pictures (ISO 15948) that textures are made of: 8 and 16 bits a sample (16 cut to 8), grey, colour
 * and palette, with or without alpha. Null for interlaced pictures, for fewer bits, for damaged ones, and for those
 * with more than `maxPixels`.
 */
export function decodePng(bytes: Uint8Array, maxPixels: number): RgbaImage | null {
  if (bytes.length < 33 || bytes[0] !== 0x89 || bytes[1] !== 0x50) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const depth = bytes[24]!;
  const channels = CHANNELS[bytes[25]!];
  const usable = channels !== undefined && (depth === 8 || (depth === 16 && bytes[25] !== 3)) && bytes[28] === 0;
  if (!usable || width === 0 || height === 0 || width * height > maxPixels) return null;
  const chunks = readChunks(bytes, view);
  const sampleBytes = depth / 8;
  const stride = width * channels * sampleBytes;
  let rows: Uint8Array;
  try {
    rows = unzlibSync(chunks.data, { out: new Uint8Array((stride + 1) * height) });
  } catch {
    return null;
  }
  if (rows.length < (stride + 1) * height || !unfilter(rows, stride, height, channels * sampleBytes)) return null;
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * (stride + 1) + 1 + x * channels * sampleBytes;
      const to = (y * width + x) * 4;
      const sample = (k: number): number => rows[from + k * sampleBytes]!;
      if (bytes[25] === 3) {
        const entry = sample(0);
        for (let k = 0; k < 3; k++) pixels[to + k] = chunks.palette[entry * 3 + k] ?? 0;
        pixels[to + 3] = chunks.alpha[entry] ?? 255;
      } else {
        for (let k = 0; k < 3; k++) pixels[to + k] = sample(channels < 3 ? 0 : k);
        pixels[to + 3] = channels % 2 === 0 ? sample(channels - 1) : 255;
      }
    }
  }
  return { width, height, pixels };
}

function readChunks(bytes: Uint8Array, view: DataView): { data: Uint8Array; palette: Uint8Array; alpha: Uint8Array } {
  const parts: Uint8Array[] = [];
  let palette = new Uint8Array(0);
  let alpha = new Uint8Array(0);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + length));
    if (type === 'IDAT') parts.push(content);
    else if (type === 'PLTE') palette = content.slice();
    else if (type === 'tRNS') alpha = content.slice();
    else if (type === 'IEND') break;
    at += 12 + length;
  }
  const data = concatBytes(parts);
  return { data, palette, alpha };
}

/** Undoes the filters of all rows in place (ISO 15948, section 9). */
function unfilter(rows: Uint8Array, stride: number, height: number, step: number): boolean {
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    const filter = rows[start - 1]!;
    if (filter > 4) return false;
    if (filter === 0) continue;
    for (let i = 0; i < stride; i++) {
      const left = i >= step ? rows[start + i - step]! : 0;
      const up = y > 0 ? rows[start + i - stride - 1]! : 0;
      const corner = i >= step && y > 0 ? rows[start + i - stride - 1 - step]! : 0;
      let guess = 0;
      if (filter === 1) guess = left;
      else if (filter === 2) guess = up;
      else if (filter === 3) guess = (left + up) >> 1;
      else guess = paeth(left, up, corner);
      rows[start + i] = rows[start + i]! + guess;
    }
  }
  return true;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const byLeft = Math.abs(guess - left);
  const byUp = Math.abs(guess - up);
  const byCorner = Math.abs(guess - corner);
  return byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
}
