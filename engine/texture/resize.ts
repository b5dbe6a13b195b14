import { srgbToLinear } from '../render/portable-math.ts';
import type { RgbaImage } from './image-codec.ts';

/**
 * What the texels of a texture are: colours in sRGB, colours whose alpha says how much of them is there, directions
 * (x, y, z as red, green, blue), or anything else, number by number.
 */
export type TextureMeaning = 'color' | 'cutout' | 'normal' | 'data';

/** Linear light of each byte. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => srgbToLinear(byte / 255));
/** The least that a cut-out texel counts, so that nothing but cut-out texels still has their colour. */
const LEAST_WEIGHT = 1 / 1024;
/** The light halfway between a byte and the next: what is above it rounds up. */
const STEPS = Float64Array.from({ length: 255 }, (_, byte) => srgbToLinear((byte + 0.5) / 255));

/**
 * Scales an image down to `width` × `height`: each new texel is the mean of the area that it covers, so nothing
 * rings and nothing is left out. Colours are averaged as light, directions get their length back, cut-out colours
 * count by their alpha. The same bytes on every machine.
 *
 * @param width at most that of the image; `height` likewise
 */
export function resizeTexture(image: RgbaImage, width: number, height: number, meaning: TextureMeaning): RgbaImage {
  const columns = coverage(image.width, width);
  const rows = coverage(image.height, height);
  const light = meaning === 'color' || meaning === 'cutout';
  // Each source row is narrowed once, and added to the one or two rows that it is part of.
  const narrow = new Float64Array(width * 4);
  const sums = new Float64Array(width * height * 4);
  for (let y = 0; y < image.height; y++) {
    narrowRow(image, y, columns, narrow, light, meaning === 'cutout');
    for (let part = 0; part < 2; part++) {
      const share = rows.shares[y * 2 + part]!;
      if (share === 0) continue;
      const at = (rows.first[y]! + part) * width * 4;
      for (let i = 0; i < narrow.length; i++) sums[at + i] = sums[at + i]! + share * narrow[i]!;
    }
  }
  return { width, height, data: toBytes(sums, meaning) };
}

/** How much of each old line lies in the new line `first` and in the one after it, in new lines. */
function coverage(from: number, to: number): { first: Uint32Array; shares: Float64Array } {
  const first = new Uint32Array(from);
  const shares = new Float64Array(from * 2);
  for (let i = 0; i < from; i++) {
    const start = (i * to) / from;
    const end = ((i + 1) * to) / from;
    first[i] = Math.min(to - 1, Math.floor(start));
    const inFirst = Math.min(end, first[i]! + 1) - start;
    shares[i * 2] = inFirst;
    shares[i * 2 + 1] = first[i]! + 1 < to ? Math.max(0, end - start - inFirst) : 0;
  }
  return { first, shares };
}

function narrowRow(
  { data, width }: RgbaImage,
  y: number,
  columns: { first: Uint32Array; shares: Float64Array },
  out: Float64Array,
  light: boolean,
  cutout: boolean,
): void {
  out.fill(0);
  for (let x = 0; x < width; x++) {
    const at = (y * width + x) * 4;
    const alpha = data[at + 3]!;
    const weight = cutout ? alpha / 255 + LEAST_WEIGHT : 1;
    const r = (light ? LINEAR[data[at]!]! : data[at]!) * weight;
    const g = (light ? LINEAR[data[at + 1]!]! : data[at + 1]!) * weight;
    const b = (light ? LINEAR[data[at + 2]!]! : data[at + 2]!) * weight;
    for (let part = 0; part < 2; part++) {
      const share = columns.shares[x * 2 + part]!;
      if (share === 0) continue;
      const to = (columns.first[x]! + part) * 4;
      out[to] = out[to]! + share * r;
      out[to + 1] = out[to + 1]! + share * g;
      out[to + 2] = out[to + 2]! + share * b;
      out[to + 3] = out[to + 3]! + share * alpha;
    }
  }
}

function toBytes(sums: Float64Array, meaning: TextureMeaning): Uint8Array {
  const out = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i += 4) {
    let [r, g, b] = [sums[i]!, sums[i + 1]!, sums[i + 2]!];
    const alpha = sums[i + 3]!;
    if (meaning === 'normal') {
      const [x, y, z] = [r / 127.5 - 1, g / 127.5 - 1, b / 127.5 - 1];
      const length = Math.sqrt(x * x + y * y + z * z);
      const factor = length > 1e-6 ? 127.5 / length : 0;
      [r, g, b] = length > 1e-6 ? [127.5 + x * factor, 127.5 + y * factor, 127.5 + z * factor] : [128, 128, 255];
    } else if (meaning === 'cutout') {
      const factor = 1 / (alpha / 255 + LEAST_WEIGHT);
      [r, g, b] = [r * factor, g * factor, b * factor];
    }
    const light = meaning === 'color' || meaning === 'cutout';
    out[i] = light ? encoded(r) : Math.round(r);
    out[i + 1] = light ? encoded(g) : Math.round(g);
    out[i + 2] = light ? encoded(b) : Math.round(b);
    out[i + 3] = Math.round(alpha);
  }
  return out;
}

/** The byte whose light is nearest. */
function encoded(light: number): number {
  let low = 0;
  let high = 255;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (light > STEPS[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
