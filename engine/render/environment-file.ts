import { deflateSync, inflateSync } from 'fflate';
import { invalidEnvironment } from './errors.ts';
import {
  ENV_SIZE_0,
  ENV_SIZE_1,
  ENV_SIZE_2,
  ENV_SIZE_3,
  ENV_SIZE_4,
  ENV_SIZE_5,
  ENV_SIZE_6,
  ENV_SIZE_7,
  ENV_SIZE_IRRADIANCE,
} from './kernel/layout.ts';

/** Texels a side of each map of an environment: radiance for rising roughness, then irradiance divided by π. */
export const ENVIRONMENT_SIZES: readonly number[] = [
  ENV_SIZE_0,
  ENV_SIZE_1,
  ENV_SIZE_2,
  ENV_SIZE_3,
  ENV_SIZE_4,
  ENV_SIZE_5,
  ENV_SIZE_6,
  ENV_SIZE_7,
  ENV_SIZE_IRRADIANCE,
];

const TEXELS = ENVIRONMENT_SIZES.reduce((sum, n) => sum + n * n, 0);

/** Bytes that an environment takes in the kernel's memory: every map with a border of one texel, RGBA f32. */
export const ENVIRONMENT_BYTES = ENVIRONMENT_SIZES.reduce((sum, n) => sum + (n + 2) * (n + 2) * 16, 0);

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
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/**
 * Reads an environment file: RGBE texels (Ward 1991) of all maps, each byte plane by itself and as differences to the
 * texel before, deflated.
 *
 * @param file The file's bytes, as `scripts/build-environments.ts` writes them.
 * @param target Where the maps go, with borders, RGBA f32; `ENVIRONMENT_BYTES / 4` numbers long.
 * @throws MaquetteError `environment_invalid` when the file has another size than its maps.
 */
export function readEnvironment(file: Uint8Array, target: Float32Array): void {
  let planes: Uint8Array;
  try {
    planes = inflateSync(file);
  } catch (cause) {
    throw invalidEnvironment('The environment file cannot be decompressed.', cause);
  }
  if (planes.length !== TEXELS * 4) {
    throw invalidEnvironment(`The environment file holds ${planes.length} bytes instead of ${TEXELS * 4}.`);
  }
  for (let plane = 0; plane < 4; plane++) {
    for (let i = plane * TEXELS + 1; i < (plane + 1) * TEXELS; i++) planes[i] = (planes[i]! + planes[i - 1]!) & 255;
  }
  const scale = new Float32Array(256);
  for (let e = 1; e < 256; e++) scale[e] = 2 ** (e - 136);
  let src = 0;
  let dst = 0;
  for (const n of ENVIRONMENT_SIZES) {
    const stride = (n + 2) * 4;
    for (let y = 0; y < n; y++) {
      let o = dst + (y + 1) * stride + 4;
      for (let x = 0; x < n; x++, src++, o += 4) {
        const s = scale[planes[src + 3 * TEXELS]!]!;
        target[o] = planes[src]! * s;
        target[o + 1] = planes[src + TEXELS]! * s;
        target[o + 2] = planes[src + 2 * TEXELS]! * s;
      }
    }
    fillBorder(target, dst, n);
    dst += (n + 2) * stride;
  }
}

/**
 * Writes an environment file: the inverse of `readEnvironment`, within the precision of RGBE.
 *
 * @param maps One map for each of `ENVIRONMENT_SIZES`, RGB, without borders.
 * @param scale Factor for all values.
 */
export function writeEnvironment(maps: readonly Float32Array[], scale: number): Uint8Array {
  const planes = new Uint8Array(TEXELS * 4);
  let i = 0;
  for (const map of maps) {
    for (let o = 0; o < map.length; o += 3, i++) {
      const rgb = [map[o]! * scale, map[o + 1]! * scale, map[o + 2]! * scale];
      const peak = Math.max(...rgb);
      if (peak < 1e-20) continue;
      const exponent = Math.ceil(Math.log2(peak * 1.0001));
      for (let c = 0; c < 3; c++) planes[i + c * TEXELS] = Math.min(255, Math.round((rgb[c]! / 2 ** exponent) * 256));
      planes[i + 3 * TEXELS] = exponent + 128;
    }
  }
  for (let plane = 0; plane < 4; plane++) {
    for (let k = (plane + 1) * TEXELS - 1; k > plane * TEXELS; k--) planes[k] = (planes[k]! - planes[k - 1]!) & 255;
  }
  return deflateSync(planes, { level: 9, mem: 12 });
}

/** Across an edge of the octahedral square lies the mirrored position of the same edge. */
function fillBorder(target: Float32Array, start: number, n: number): void {
  const at = (x: number, y: number) => start + (y * (n + 2) + x) * 4;
  const copy = (to: number, from: number) => target.copyWithin(to, from, from + 4);
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
