/** Part of the reference model's texture atlas, in texture coordinates. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  paint: (s: number, t: number, noise: Noise) => Texel;
}

/** What a surface is at one place. Colours are sRGB in [0, 1]; height is in texels. */
export interface Texel {
  color: [number, number, number];
  height: number;
  roughness: number;
  metallic: number;
  occlusion: number;
  emissive: [number, number, number];
  clearcoat: number;
}

/** Smooth noise in [0, 1] that repeats every `period` cells in x. */
export type Noise = (x: number, y: number, period: number, seed: number) => number;

function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const valueNoise: Noise = (x, y, period, seed) => {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const a = fx * fx * (3 - 2 * fx);
  const b = fy * fy * (3 - 2 * fy);
  const x0 = ((ix % period) + period) % period;
  const x1 = (x0 + 1) % period;
  const top = hash(x0, iy, seed) * (1 - a) + hash(x1, iy, seed) * a;
  const bottom = hash(x0, iy + 1, seed) * (1 - a) + hash(x1, iy + 1, seed) * a;
  return top * (1 - b) + bottom * b;
};

/** Four octaves of noise. */
export function fractal(noise: Noise, x: number, y: number, period: number, seed: number): number {
  let sum = 0;
  let weight = 0.5;
  for (let octave = 0; octave < 4; octave++) {
    sum += weight * noise(x, y, period, seed + octave);
    x *= 2;
    y *= 2;
    period *= 2;
    weight /= 2;
  }
  return sum / 0.9375;
}

const mix = (a: number, b: number, t: number) => a + (b - a) * t;
const mix3 = (a: readonly number[], b: readonly number[], t: number) =>
  [0, 1, 2].map((i) => mix(a[i]!, b[i]!, t)) as [number, number, number];
const smooth = (a: number, b: number, x: number) => {
  const t = Math.min(1, Math.max(0, (x - a) / (b - a)));
  return t * t * (3 - 2 * t);
};
const BLACK: [number, number, number] = [0, 0, 0];

/** Hammered copper with verdigris where water would stand, and riveted seams. */
function copper(s: number, t: number, noise: Noise): Texel {
  const large = fractal(noise, s * 12, t * 8, 12, 1);
  const fine = fractal(noise, s * 90, t * 60, 90, 7);
  const dents = fractal(noise, s * 28, t * 18, 28, 3);
  const seam = Math.abs((((s + 1) * 4 + 0.5) % 1) - 0.5) * 2;
  const band = smooth(0.93, 0.96, seam);
  const rivetS = (((s + 1) * 4 + 0.5) % 1) - 0.5;
  const rivetT = ((t * 22) % 1) - 0.5;
  const rivet = Math.hypot((Math.abs(rivetS) - 0.485) * 22, rivetT) < 0.26 ? 1 : 0;
  const patina = smooth(0.56, 0.74, large * 0.75 + fine * 0.25 + (t < 0.12 ? 0.1 : 0));
  return {
    color: mix3(mix3([0.93, 0.58, 0.42], [0.8, 0.44, 0.3], dents), [0.36, 0.55, 0.48], patina * 0.75),
    height: dents * 5 + band * 3 + rivet * 5 - patina * 0.6 + fine * 0.5,
    roughness: mix(0.2 + dents * 0.14 + fine * 0.08, 0.78, patina),
    metallic: 1 - patina * 0.85,
    occlusion: 1 - 0.25 * (band > 0 && band < 1 ? 1 : 0),
    emissive: BLACK,
    clearcoat: 0,
  };
}

/** Turned brass: fine grooves around the axis. */
function brass(s: number, t: number, noise: Noise): Texel {
  const groove = noise(s * 6, t * 260, 6, 11);
  const wear = fractal(noise, s * 20, t * 6, 20, 13);
  return {
    color: mix3([0.95, 0.79, 0.46], [0.74, 0.55, 0.27], smooth(0.5, 0.8, wear)),
    height: groove * 0.8,
    roughness: 0.16 + groove * 0.1 + smooth(0.5, 0.85, wear) * 0.35,
    metallic: 1,
    occlusion: 1,
    emissive: BLACK,
    clearcoat: 0,
  };
}

/** Dark porthole glass: smooth, reflecting, a little dust. */
function glass(s: number, t: number, noise: Noise): Texel {
  const dust = smooth(0.55, 0.8, fractal(noise, s * 16, t * 16, 16, 17)) * smooth(0.5, 1, t);
  return {
    color: mix3([0.03, 0.06, 0.08], [0.3, 0.32, 0.3], dust * 0.5),
    height: 0,
    roughness: 0.04 + dust * 0.4,
    metallic: 0,
    occlusion: 1,
    emissive: BLACK,
    clearcoat: 1 - dust,
  };
}

/** Lacquered red enamel with chips down to dull steel. */
function enamel(s: number, t: number, noise: Noise): Texel {
  const chips = smooth(0.7, 0.72, fractal(noise, s * 60, t * 12, 60, 23));
  const flakes = noise(s * 900, t * 160, 900, 29);
  return {
    color: mix3(mix3([0.62, 0.05, 0.04], [0.7, 0.1, 0.06], flakes), [0.42, 0.4, 0.38], chips),
    height: -chips * 4,
    roughness: mix(0.42, 0.6, chips),
    metallic: mix(0.2, 1, chips),
    occlusion: 1,
    emissive: BLACK,
    clearcoat: 1 - chips,
  };
}

/** Ribbed black rubber. */
function rubber(s: number, t: number, noise: Noise): Texel {
  const rib = Math.sin(t * Math.PI * 14);
  const grain = fractal(noise, s * 160, t * 40, 160, 31);
  return {
    color: mix3([0.1, 0.1, 0.11], [0.19, 0.18, 0.17], grain),
    height: rib * 5 + grain * 1.6,
    roughness: 0.72 + grain * 0.2,
    metallic: 0,
    occlusion: mix(0.6, 1, rib * 0.5 + 0.5),
    emissive: BLACK,
    clearcoat: 0,
  };
}

/** A lamp's lens: warm light with a darker grid. */
function lamp(s: number, t: number): Texel {
  const grid = Math.max(
    smooth(0.42, 0.48, Math.abs((((s + 1) * 16) % 1) - 0.5)),
    smooth(0.42, 0.48, Math.abs(((t * 8) % 1) - 0.5)),
  );
  const light = mix(1, 0.35, grid);
  return {
    color: [0.9, 0.75, 0.5],
    height: -grid * 2,
    roughness: 0.25,
    metallic: 0,
    occlusion: 1,
    emissive: [light, light * 0.72, light * 0.32],
    clearcoat: 1,
  };
}

/** Border of a region in texels that continues its pattern: coarse levels of detail then stay clear of the neighbours. */
export const REGION_BORDER = 12;

/** Places in the atlas. */
export const REGIONS = {
  copper: { x: 0, y: 0, width: 1, height: 0.5, paint: copper },
  brass: { x: 0, y: 0.5, width: 1, height: 0.125, paint: brass },
  enamel: { x: 0, y: 0.625, width: 1, height: 0.125, paint: enamel },
  rubber: { x: 0, y: 0.75, width: 0.75, height: 0.25, paint: rubber },
  glass: { x: 0.75, y: 0.75, width: 0.125, height: 0.25, paint: glass },
  lamp: { x: 0.875, y: 0.75, width: 0.125, height: 0.25, paint: lamp },
} as const satisfies Record<string, Region>;

/** The atlas as RGB pictures of `size`² pixels. */
export function paintAtlas(
  size: number,
): Record<'baseColor' | 'normal' | 'orm' | 'emissive' | 'clearcoat', Uint8Array> {
  const maps = {
    baseColor: new Uint8Array(size * size * 3),
    normal: new Uint8Array(size * size * 3),
    orm: new Uint8Array(size * size * 3),
    emissive: new Uint8Array(size * size * 3),
    clearcoat: new Uint8Array(size * size * 3),
  };
  const height = new Float32Array(size * size);
  const byte = (x: number) => Math.round(Math.min(1, Math.max(0, x)) * 255);
  for (const region of Object.values(REGIONS)) {
    const x0 = Math.round(region.x * size);
    const y0 = Math.round(region.y * size);
    const w = Math.round(region.width * size);
    const h = Math.round(region.height * size);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const b = REGION_BORDER;
        const texel = region.paint(
          (x + 0.5 - b) / (w - 2 * b),
          Math.min(1, Math.max(0, (y + 0.5 - b) / (h - 2 * b))),
          valueNoise,
        );
        const i = (y0 + y) * size + x0 + x;
        height[i] = texel.height;
        maps.baseColor.set(texel.color.map(byte), i * 3);
        maps.orm.set([texel.occlusion, texel.roughness, texel.metallic].map(byte), i * 3);
        maps.emissive.set(texel.emissive.map(byte), i * 3);
        maps.clearcoat.set([texel.clearcoat, texel.clearcoat, 0].map(byte), i * 3);
      }
    }
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = (dx: number, dy: number) =>
          height[(y0 + Math.min(h - 1, Math.max(0, y + dy))) * size + x0 + ((x + dx + w) % w)]!;
        const nx = (at(-1, 0) - at(1, 0)) / 2;
        const ny = (at(0, 1) - at(0, -1)) / 2;
        const k = 1 / Math.hypot(nx, ny, 4);
        maps.normal.set(
          [nx * k, ny * k, 4 * k].map((c) => byte(c * 0.5 + 0.5)),
          ((y0 + y) * size + x0 + x) * 3,
        );
      }
    }
  }
  return maps;
}
