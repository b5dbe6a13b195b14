import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { EnvironmentName } from '../contracts/render/image-request.ts';
import {
  BUILT_IN_SIZE,
  FILTERED_SIZES,
  octahedralDirection,
  writeEnvironment,
} from '../engine/render/environment-file.ts';
import { type Panorama, studioPanorama } from './studio-light.ts';

/** Directions averaged for a texel of a rough level; each reads a level of the source as coarse as its share. */
const SAMPLES = 1024;

/**
 * Where the strongest light from the side stands, in degrees of azimuth: left of the cameras of the views `front` and
 * `three-quarter`, so that what they show is lit and still modelled by shade.
 */
const KEY_AZIMUTH = -20;

/**
 * Irradiance (over π) that the best-lit directions get: white things then stay well below the end of the tone curve, and
 * their shading can be seen. Which share of directions may get more.
 */
const LIT_IRRADIANCE = 1.15;
const LIT_IRRADIANCE_NIGHT = 0.6;
const LIT_SHARE = 0.04;

/** Directions that irradiance is looked at in, for the brightness of the whole. */
const IRRADIANCE_SIZE = 32;

/** Levels from this one on are integrated over all of a coarse picture instead of sampled. */
const FIRST_INTEGRATED = 3;
const INTEGRATED_WIDTH = 128;

/** Half-size levels of an equirectangular picture. */
function levelsOf(panorama: Panorama): Panorama[] {
  const levels = [panorama];
  for (let p = panorama; p.height > 4; ) {
    const width = p.width >> 1;
    const height = p.height >> 1;
    const data = new Float32Array(width * height * 3);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          const at = (dx: number, dy: number) => p.data[((y * 2 + dy) * p.width + x * 2 + dx) * 3 + c]!;
          data[(y * width + x) * 3 + c] = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
        }
      }
    }
    p = { width, height, data };
    levels.push(p);
  }
  return levels;
}

/** Adds the bilinear value in a direction, times `weight`, to `sum`. +Z lies at the picture's first quarter. */
function addRadiance(p: Panorama, x: number, y: number, z: number, weight: number, sum: number[]): void {
  const u = (Math.atan2(z, x) / (2 * Math.PI) + 0.5) * p.width - 0.5;
  const v = (Math.acos(Math.min(1, Math.max(-1, y))) / Math.PI) * p.height - 0.5;
  const iu = Math.floor(u);
  const iv = Math.floor(v);
  const fu = u - iu;
  const fv = v - iv;
  for (let k = 0; k < 4; k++) {
    const col = (iu + (k & 1) + p.width) % p.width;
    const row = Math.min(p.height - 1, Math.max(0, iv + (k >> 1)));
    const w = weight * (k & 1 ? fu : 1 - fu) * (k >> 1 ? fv : 1 - fv);
    const o = (row * p.width + col) * 3;
    sum[0]! += p.data[o]! * w;
    sum[1]! += p.data[o + 1]! * w;
    sum[2]! += p.data[o + 2]! * w;
  }
}

function radicalInverse(i: number): number {
  let r = 0;
  for (let f = 0.5; i > 0; i >>= 1, f /= 2) if (i & 1) r += f;
  return r;
}

/** Local directions with their weights and the solid angle each stands for, about +Z. */
type Lobe = { x: number; y: number; z: number; weight: number; solidAngle: number }[];

/** Light directions of GGX seen along the normal: weights are cosines (Karis 2013). */
function ggxLobe(roughness: number): Lobe {
  const a2 = roughness ** 4;
  const lobe: Lobe = [];
  for (let i = 0; i < SAMPLES; i++) {
    const e = (i + 0.5) / SAMPLES;
    const phi = 2 * Math.PI * radicalInverse(i);
    const cos = Math.sqrt((1 - e) / (1 + (a2 - 1) * e));
    const sin = Math.sqrt(1 - cos * cos);
    const z = 2 * cos * cos - 1;
    if (z <= 0) continue;
    const d = a2 / (Math.PI * (cos * cos * (a2 - 1) + 1) ** 2);
    // Density of the light direction is D · cos / (4 cos) = D / 4.
    lobe.push({
      x: 2 * cos * sin * Math.cos(phi),
      y: 2 * cos * sin * Math.sin(phi),
      z,
      weight: z,
      solidAngle: 4 / (SAMPLES * d),
    });
  }
  return lobe;
}

/** Weight of light from a direction at cosine `c` to the lobe's axis. */
type Weight = (c: number) => number;

/** GGX seen along the normal: the density of mirrored directions times their cosine. */
function ggxWeight(roughness: number): Weight {
  const a2 = roughness ** 4;
  // The half vector lies at half the angle: its squared cosine is (1 + c) / 2.
  return (c) => (c > 0 ? c / (((1 + c) / 2) * (a2 - 1) + 1) ** 2 : 0);
}

/** Mean over the whole picture for each direction: free of noise, for lobes wide enough not to miss texels. */
function integratedMap(p: Panorama, size: number, weight: Weight): Float32Array {
  const count = p.width * p.height;
  const directions = new Float64Array(count * 4);
  for (let y = 0; y < p.height; y++) {
    const polar = ((y + 0.5) / p.height) * Math.PI;
    for (let x = 0; x < p.width; x++) {
      const phi = ((x + 0.5) / p.width - 0.5) * 2 * Math.PI;
      const sin = Math.sin(polar);
      directions.set([sin * Math.cos(phi), Math.cos(polar), sin * Math.sin(phi), sin], (y * p.width + x) * 4);
    }
  }
  const map = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [nx, ny, nz] = octahedralDirection((x + 0.5) / size, (y + 0.5) / size);
      let [r, g, b, total] = [0, 0, 0, 0];
      for (let i = 0; i < count; i++) {
        const o = i * 4;
        const w = directions[o + 3]! * weight(nx * directions[o]! + ny * directions[o + 1]! + nz * directions[o + 2]!);
        r += w * p.data[i * 3]!;
        g += w * p.data[i * 3 + 1]!;
        b += w * p.data[i * 3 + 2]!;
        total += w;
      }
      map.set([r / total, g / total, b / total], (y * size + x) * 3);
    }
  }
  return map;
}

function cosineLobe(): Lobe {
  return Array.from({ length: SAMPLES }, (_, i) => {
    const e = (i + 0.5) / SAMPLES;
    const phi = 2 * Math.PI * radicalInverse(i);
    const z = Math.sqrt(1 - e);
    const r = Math.sqrt(e);
    return { x: r * Math.cos(phi), y: r * Math.sin(phi), z, weight: 1, solidAngle: Math.PI / (SAMPLES * z) };
  });
}

function filterMap(levels: Panorama[], size: number, lobe: Lobe): Float32Array {
  const texel = (4 * Math.PI) / (levels[0]!.width * levels[0]!.height);
  const map = new Float32Array(size * size * 3);
  const total = lobe.reduce((sum, s) => sum + s.weight, 0);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const n = octahedralDirection((x + 0.5) / size, (y + 0.5) / size);
      const sign = n[2] < 0 ? -1 : 1;
      const a = -1 / (sign + n[2]);
      const t = [1 + sign * n[0] * n[0] * a, sign * n[0] * n[1] * a, -sign * n[0]];
      const b = [n[0] * n[1] * a, sign + n[1] * n[1] * a, -n[1]];
      const sum = [0, 0, 0];
      for (const s of lobe) {
        const level = Math.max(0, 0.5 * Math.log2(s.solidAngle / texel) + 0.5);
        addRadiance(
          levels[Math.min(levels.length - 1, Math.round(level))]!,
          t[0]! * s.x + b[0]! * s.y + n[0] * s.z,
          t[1]! * s.x + b[1]! * s.y + n[1] * s.z,
          t[2]! * s.x + b[2]! * s.y + n[2] * s.z,
          s.weight / total,
          sum,
        );
      }
      map.set(sum, (y * size + x) * 3);
    }
  }
  return map;
}

/** The sharpest level: each texel's own area, sampled 4 × 4. */
function sharpMap(panorama: Panorama, size: number): Float32Array {
  const map = new Float32Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const sum = [0, 0, 0];
      for (let k = 0; k < 16; k++) {
        const d = octahedralDirection((x + ((k & 3) + 0.5) / 4) / size, (y + ((k >> 2) + 0.5) / 4) / size);
        addRadiance(panorama, ...d, 1 / 16, sum);
      }
      map.set(sum, (y * size + x) * 3);
    }
  }
  return map;
}

async function load(name: EnvironmentName): Promise<Panorama> {
  const url: string = (await import(`@pmndrs/assets/hdri/${name}.exr.js`)).default;
  const bytes = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  const loader = new EXRLoader();
  loader.setDataType(FloatType);
  const exr = loader.parse(new Uint8Array(bytes).buffer);
  const { width, height } = exr;
  if (width === undefined || height === undefined) throw new Error(`${name}: the picture has no size.`);
  const src = exr.data as Float32Array;
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // The loader gives rows from the bottom.
      const o = ((height - 1 - y) * width + x) * 4;
      data.set(src.subarray(o, o + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** Luminance of irradiance that only `LIT_SHARE` of all directions exceed. Octahedral texels are of about equal area. */
function litIrradiance(map: Float32Array): number {
  const light = Array.from({ length: map.length / 3 }, (_, i) => luminance(map, i * 3)).sort((a, b) => a - b);
  return light[Math.floor(light.length * (1 - LIT_SHARE))]!;
}

function luminance(rgb: ArrayLike<number>, at: number): number {
  return 0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!;
}

/** The panorama turned about +Y so that the direction of most irradiance from the side lies at `KEY_AZIMUTH`. */
function turned(panorama: Panorama): Panorama {
  const coarse = levelsOf(panorama).at(-3)!;
  const lobe = cosineLobe();
  let best = 0;
  let peak = -1;
  for (let degrees = 0; degrees < 360; degrees += 2) {
    const angle = (degrees * Math.PI) / 180;
    const n = [Math.sin(angle) * 0.94, 0.34, Math.cos(angle) * 0.94] as const;
    const t = [Math.cos(angle), 0, -Math.sin(angle)] as const;
    const b = [n[1] * t[2] - n[2] * t[1], n[2] * t[0] - n[0] * t[2], n[0] * t[1] - n[1] * t[0]] as const;
    const sum = [0, 0, 0];
    for (const s of lobe) {
      addRadiance(
        coarse,
        t[0] * s.x + b[0] * s.y + n[0] * s.z,
        t[1] * s.x + b[1] * s.y + n[1] * s.z,
        t[2] * s.x + b[2] * s.y + n[2] * s.z,
        1 / lobe.length,
        sum,
      );
    }
    const light = luminance(sum, 0);
    if (light > peak) [peak, best] = [light, degrees];
  }
  // Columns run against azimuth: +X is the middle column, +Z a quarter further on.
  const { width, height } = panorama;
  const shift = Math.round(((best - KEY_AZIMUTH) / 360) * width);
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + ((((x - shift) % width) + width) % width)) * 3;
      data.set(panorama.data.subarray(from, from + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

const folder = fileURLToPath(new URL('../engine/render/environments/', import.meta.url));
await mkdir(folder, { recursive: true });
const names = process.argv.length > 2 ? EnvironmentName.array().parse(process.argv.slice(2)) : EnvironmentName.options;
for (const name of names) {
  const panorama = name === 'studio' ? studioPanorama() : turned(await load(name));
  const levels = levelsOf(panorama);
  const coarse = levels.find(({ width }) => width <= INTEGRATED_WIDTH)!;
  const radianceLevels = FILTERED_SIZES.length;
  const maps = [BUILT_IN_SIZE, ...FILTERED_SIZES].map((size, i) => {
    const roughness = i / radianceLevels;
    if (i === 0) return sharpMap(panorama, size);
    if (i >= FIRST_INTEGRATED) return integratedMap(coarse, size, ggxWeight(roughness));
    return filterMap(levels, size, ggxLobe(roughness));
  });
  const irradiance = integratedMap(coarse, IRRADIANCE_SIZE, (c) => Math.max(0, c));
  const scale = (name === 'night' ? LIT_IRRADIANCE_NIGHT : LIT_IRRADIANCE) / litIrradiance(irradiance);
  const file = writeEnvironment(maps, scale);
  await writeFile(`${folder}${name}.bin`, file);
  const least = Math.min(...Array.from({ length: irradiance.length / 3 }, (_, i) => luminance(irradiance, i * 3)));
  console.log(
    `${name}: ${file.length} bytes, scale ${scale.toFixed(3)}, darkest irradiance ${(least * scale).toFixed(3)}`,
  );
}
