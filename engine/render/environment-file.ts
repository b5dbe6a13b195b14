import { deflateSync, inflateSync } from 'fflate';
import { RGBE_SCALE } from '../texture/hdr/rgbe.ts';
import { invalidEnvironment } from './errors.ts';
import { ENV_SIZE_1, ENV_SIZE_2, ENV_SIZE_3, ENV_SIZE_4, ENV_SIZE_5, ENV_SIZE_6, ENV_SIZE_7 } from './kernel/layout.ts';
import { length3 } from './portable-math.ts';

/** Texels a side of the filtered maps of an environment: radiance for rising roughness. */
export const FILTERED_SIZES: readonly number[] = [
  ENV_SIZE_1,
  ENV_SIZE_2,
  ENV_SIZE_3,
  ENV_SIZE_4,
  ENV_SIZE_5,
  ENV_SIZE_6,
  ENV_SIZE_7,
];

/** Texels a side of the sharp map of the environments that come with Maquette. */
export const BUILT_IN_SIZE = 256;

const FILTERED_TEXELS = FILTERED_SIZES.reduce((sum, n) => sum + n * n, 0);

/** Bytes of a map in the kernel's memory: with a border of one texel, RGBA f32. */
export function mapBytes(size: number): number {
  return (size + 2) * (size + 2) * 16;
}

/** Bytes of all filtered maps in the kernel's memory. */
export const FILTERED_BYTES = FILTERED_SIZES.reduce((sum, n) => sum + mapBytes(n), 0);

/** Bytes of the table for sampling a map of `size` texels a side: a quadtree of sums, f32, over a power of two. */
export function environmentTableBytes(size: number): number {
  const depth = Math.ceil(Math.log2(size));
  return ((4 ** (depth + 1) - 1) / 3 + 3) * 4;
}

/**
 * Unit direction of octahedral coordinates in [0, 1]; +Y is the pole in the middle.
 * After Cigolle et al., "A survey of efficient representations for independent unit vectors" (2014).
 */
export function octahedralDirection(u: number, v: number): [number, number, number] {
  let x = u * 2 - 1;
  let z = v * 2 - 1;
  const y = 1 - Math.abs(x) - Math.abs(z);
  if (y < 0) {
    const ox = x;
    x = (1 - Math.abs(z)) * (ox >= 0 ? 1 : -1);
    z = (1 - Math.abs(ox)) * (z >= 0 ? 1 : -1);
  }
  const length = length3(x, y, z);
  return [x / length, y / length, z / length];
}

/**
 * First bytes of the file of an environment that comes with Maquette, deflated or stored; the sharp map's depth follows,
 * then the bytes of the maps.
 */
const DEFLATED: readonly number[] = [0x4d, 0x51, 0x45, 0x31];
const STORED: readonly number[] = [0x4d, 0x51, 0x45, 0x30];
const HEAD_BYTES = DEFLATED.length + 1;
/** Base-2 logarithm of the most texels a side of a sharp map. */
const MOST_DEPTH = 10;

const begins = (file: Uint8Array, magic: readonly number[]) => magic.every((byte, i) => file[i] === byte);

/** Texels a side of the sharp map in a file that `writeEnvironment` made, stored or not; undefined for any other file. */
export function sharpSizeOf(file: Uint8Array): number | undefined {
  const depth = file[DEFLATED.length] ?? MOST_DEPTH + 1;
  if (!(begins(file, DEFLATED) || begins(file, STORED)) || depth > MOST_DEPTH) return undefined;
  return 2 ** depth;
}

/**
 * The file of an environment without its compression, for hosts that inflate faster than the engine does; any other file,
 * and one that is damaged, as it is.
 *
 * @param inflate of raw deflated bytes (RFC 1951)
 */
export async function storeEnvironment(
  file: Uint8Array,
  inflate: (deflated: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  if (!begins(file, DEFLATED)) return file;
  try {
    const maps = await inflate(file.subarray(HEAD_BYTES));
    const stored = new Uint8Array(HEAD_BYTES + maps.length);
    stored.set(STORED);
    stored.set(file.subarray(STORED.length, HEAD_BYTES), STORED.length);
    stored.set(maps, HEAD_BYTES);
    return stored;
  } catch {
    // Told by who reads it.
    return file;
  }
}

/**
 * Writes the maps of an environment file with borders, RGBA f32.
 *
 * @param file RGBE texels (Ward 1991) of all maps, each byte plane by itself and as differences to the texel before,
 * as `writeEnvironment` makes them, deflated or stored.
 * @param buffer Where the maps go.
 * @param at Addresses there of the sharp map and of the filtered maps, in bytes.
 * @throws MaquetteError `environment_invalid` when the file is damaged.
 */
export function readEnvironment(
  file: Uint8Array,
  buffer: ArrayBufferLike,
  at: { map: number; filtered: number },
): void {
  const size = sharpSizeOf(file);
  if (size === undefined) throw invalidEnvironment('The file is none of an environment that comes with Maquette.');
  const texels = size * size + FILTERED_TEXELS;
  const bytes = file.subarray(HEAD_BYTES);
  const planes = begins(file, STORED) ? whole(bytes, texels * 4) : inflate(bytes, texels * 4);
  let src = 0;
  let [red, green, blue, exponent] = [0, 0, 0, 0];
  let address = at.map;
  for (const n of [size, ...FILTERED_SIZES]) {
    const target = new Float32Array(buffer, address, mapBytes(n) / 4);
    for (let y = 0; y < n; y++) {
      let o = (y + 1) * (n + 2) * 4 + 4;
      for (let x = 0; x < n; x++, src++, o += 4) {
        red = (red + planes[src]!) & 255;
        green = (green + planes[src + texels]!) & 255;
        blue = (blue + planes[src + 2 * texels]!) & 255;
        exponent = (exponent + planes[src + 3 * texels]!) & 255;
        const s = RGBE_SCALE[exponent]!;
        target[o] = red * s;
        target[o + 1] = green * s;
        target[o + 2] = blue * s;
        target[o + 3] = 0;
      }
    }
    fillBorder(target, n);
    address = address === at.map ? at.filtered : address + mapBytes(n);
  }
}

function inflate(deflated: Uint8Array, length: number): Uint8Array {
  let planes: Uint8Array;
  try {
    planes = inflateSync(deflated, { out: new Uint8Array(length) });
  } catch (cause) {
    throw invalidEnvironment('The file of the environment is damaged.', cause);
  }
  return whole(planes, length);
}

function whole(planes: Uint8Array, length: number): Uint8Array {
  if (planes.length !== length) throw invalidEnvironment('The file of the environment is cut off.');
  return planes;
}

/**
 * Writes an environment file, within the precision of RGBE.
 *
 * @param maps A sharp map, whose side is a power of two up to 1024, and one map for each of `FILTERED_SIZES`; RGB,
 * without borders.
 * @param scale Factor for all values.
 */
export function writeEnvironment(maps: readonly Float32Array[], scale: number): Uint8Array {
  const texels = maps.reduce((sum, map) => sum + map.length / 3, 0);
  const planes = new Uint8Array(texels * 4);
  let i = 0;
  for (const map of maps) {
    for (let o = 0; o < map.length; o += 3, i++) {
      const rgb = [map[o]! * scale, map[o + 1]! * scale, map[o + 2]! * scale];
      const peak = Math.max(...rgb);
      if (peak < 1e-20) continue;
      const exponent = Math.ceil(Math.log2(peak * 1.0001));
      for (let c = 0; c < 3; c++) planes[i + c * texels] = Math.min(255, Math.round((rgb[c]! / 2 ** exponent) * 256));
      planes[i + 3 * texels] = exponent + 128;
    }
  }
  for (let plane = 0; plane < 4; plane++) {
    for (let k = (plane + 1) * texels - 1; k > plane * texels; k--) planes[k] = (planes[k]! - planes[k - 1]!) & 255;
  }
  const deflated = deflateSync(planes, { level: 9, mem: 12 });
  const file = new Uint8Array(HEAD_BYTES + deflated.length);
  file.set([...DEFLATED, Math.log2(Math.sqrt(maps[0]!.length / 3))]);
  file.set(deflated, HEAD_BYTES);
  return file;
}

/** Across an edge of the octahedral square lies the mirrored position of the same edge. */
function fillBorder(target: Float32Array, n: number): void {
  const at = (x: number, y: number) => (y * (n + 2) + x) * 4;
  const copy = (to: number, from: number) => {
    target[to] = target[from]!;
    target[to + 1] = target[from + 1]!;
    target[to + 2] = target[from + 2]!;
    target[to + 3] = 0;
  };
  for (let i = 1; i <= n; i++) {
    const mirror = n + 1 - i;
    copy(at(i, 0), at(mirror, 1));
    copy(at(i, n + 1), at(mirror, n));
    copy(at(0, i), at(1, mirror));
    copy(at(n + 1, i), at(n, mirror));
  }
  copy(at(0, 0), at(n, n));
  copy(at(n + 1, 0), at(1, n));
  copy(at(0, n + 1), at(n, 1));
  copy(at(n + 1, n + 1), at(1, 1));
}
