import { strToU8, zipSync } from 'fflate';
import sharp from 'sharp';
import { halfBits } from '../../../texture/exr/half.ts';

/** A splat in the terms of the training programs: w first, +Y down, scales and opacity as they are. */
export interface TestSplat {
  position: [number, number, number];
  scale: [number, number, number];
  rotation: [number, number, number, number];
  color: [number, number, number];
  opacity: number;
  /** Three coefficients of degree 1, each with red, green and blue. */
  harmonics: number[][];
}

/** A KSPLAT file of one section with harmonics of degree 1 and one bucket that is not full. */
export function writeKsplat(splats: readonly TestSplat[], level: 0 | 1 | 2): Uint8Array {
  const triple = level === 0 ? 12 : 6;
  const rotation = level === 0 ? 16 : 8;
  const harmonic = [4, 2, 1][level]!;
  const stride = triple * 2 + rotation + 4 + 9 * harmonic;
  const start = 4096 + 1024;
  const buckets = level === 0 ? 0 : 1;
  const data = start + buckets * 16;
  const bytes = new Uint8Array(data + stride * splats.length);
  const view = new DataView(bytes.buffer);
  bytes[1] = 1;
  for (const [at, value] of [
    [4, 1],
    [8, 1],
    [12, splats.length],
    [16, splats.length],
  ] as const)
    view.setUint32(at, value, true);
  view.setUint16(20, level, true);
  view.setFloat32(36, -2, true);
  view.setFloat32(40, 2, true);
  for (const [at, value] of [
    [0, splats.length],
    [4, splats.length],
    [8, 256],
    [12, buckets],
    [36, buckets],
  ] as const)
    view.setUint32(4096 + at, value, true);
  const block = 8;
  view.setFloat32(4096 + 16, block, true);
  view.setUint16(4096 + 20, 12, true);
  view.setUint32(4096 + 24, 32767, true);
  view.setUint16(4096 + 40, 1, true);
  if (buckets > 0) view.setUint32(start, splats.length, true);
  const real = (at: number, value: number): void =>
    level === 0 ? view.setFloat32(at, value, true) : view.setUint16(at, halfBits(value), true);
  const size = level === 0 ? 4 : 2;
  for (const [i, splat] of splats.entries()) {
    const at = data + i * stride;
    for (let k = 0; k < 3; k++) {
      if (level === 0) real(at + k * 4, splat.position[k]!);
      else view.setUint16(at + k * 2, Math.round(splat.position[k]! / (block / 2 / 32767)) + 32767, true);
      real(at + triple + k * size, splat.scale[k]!);
      bytes[at + triple * 2 + rotation + k] = Math.round(splat.color[k]! * 255);
    }
    for (let k = 0; k < 4; k++) real(at + triple * 2 + k * size, splat.rotation[k]!);
    bytes[at + triple * 2 + rotation + 3] = Math.round(splat.opacity * 255);
    for (let n = 0; n < 9; n++) {
      const value = splat.harmonics[n % 3]![Math.floor(n / 3)]!;
      const place = at + triple * 2 + rotation + 4 + n * harmonic;
      if (level === 2) bytes[place] = Math.round(((value + 2) / 4) * 255);
      else real(place, value);
    }
  }
  return bytes;
}

const SH_C0 = 0.28209479177387814;

/** A SOG archive of version 2 or 1 with harmonics of degree 1, its codebooks ramps between the bounds of the values. */
export async function writeSog(splats: readonly TestSplat[], version: 1 | 2): Promise<Uint8Array> {
  const side = Math.ceil(Math.sqrt(splats.length));
  const image = async (pixel: (splat: TestSplat) => number[]): Promise<Uint8Array> => {
    const data = new Uint8Array(side * side * 4);
    for (const [i, splat] of splats.entries()) data.set(pixel(splat).map(Math.round), i * 4);
    return webp(data, side, side);
  };
  const means = (p: TestSplat): number[] =>
    p.position.map((v) => Math.round(((Math.sign(v) * Math.log(1 + Math.abs(v)) + 2) / 4) * 65535));
  const dc = (value: number): number => (value - 0.5) / SH_C0;
  const byte = (value: number, low: number, high: number): number => ((value - low) / (high - low)) * 255;
  const ramp = (low: number, high: number): number[] =>
    Array.from({ length: 256 }, (_, i) => low + ((high - low) * i) / 255);
  const palette = new Uint8Array(192 * Math.ceil(splats.length / 64) * 4).fill(255);
  for (const [i, splat] of splats.entries()) {
    for (const [j, rgb] of splat.harmonics.entries())
      palette.set(
        rgb.map((v) => Math.round(byte(v, -2, 2))),
        (Math.floor(i / 64) * 192 + (i % 64) * 3 + j) * 4,
      );
  }
  const labels = new Uint8Array(side * side * 4).fill(255);
  for (let i = 0; i < splats.length; i++) labels.set([i & 255, i >> 8], i * 4);
  const scales = { files: ['scales.webp'] };
  const sh0 = { files: ['sh0.webp'] };
  const shN = { files: ['shN_centroids.webp', 'shN_labels.webp'] };
  const meansMeta = { mins: [-2, -2, -2], maxs: [2, 2, 2], files: ['means_l.webp', 'means_u.webp'] };
  const quats = { files: ['quats.webp'] };
  const meta =
    version === 2
      ? {
          version: 2,
          count: splats.length,
          means: meansMeta,
          scales: { codebook: ramp(-8, 0), ...scales },
          quats,
          sh0: { codebook: ramp(-2, 2), ...sh0 },
          shN: { count: splats.length, bands: 1, codebook: ramp(-2, 2), ...shN },
        }
      : {
          means: { shape: [splats.length, 3], ...meansMeta },
          scales: { mins: [-8, -8, -8], maxs: [0, 0, 0], ...scales },
          quats,
          sh0: { mins: [-2, -2, -2, -6], maxs: [2, 2, 2, 6], ...sh0 },
          shN: { mins: -2, maxs: 2, ...shN },
        };
  const logit = (o: number): number => Math.log(o / (1 - o));
  return zipSync({
    'meta.json': strToU8(JSON.stringify(meta)),
    'means_l.webp': await image((s) => [...means(s).map((v) => v & 255), 255]),
    'means_u.webp': await image((s) => [...means(s).map((v) => v >> 8), 255]),
    'quats.webp': await image(packRotation),
    'scales.webp': await image((s) => [...s.scale.map((v) => byte(Math.log(v), -8, 0)), 255]),
    'sh0.webp': await image((s) => [
      ...s.color.map((v) => byte(dc(v), -2, 2)),
      version === 2 ? s.opacity * 255 : byte(logit(s.opacity), -6, 6),
    ]),
    'shN_centroids.webp': await webp(palette, 192, Math.ceil(splats.length / 64)),
    'shN_labels.webp': await webp(labels, side, side),
  });
}

function packRotation({ rotation }: TestSplat): number[] {
  const largest = rotation.findIndex((v) => Math.abs(v) === Math.max(...rotation.map(Math.abs)));
  const sign = rotation[largest]! < 0 ? -1 : 1;
  const rest = rotation.filter((_, k) => k !== largest);
  return [...rest.map((v) => (v * sign * Math.SQRT2 + 1) * 127.5), 252 + largest];
}

async function webp(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return new Uint8Array(await image.webp({ lossless: true, exact: true }).toBuffer());
}

/** A compressed PLY with harmonics of degree 1; all chunks have the same bounds. */
export function writeCompressedPly(splats: readonly TestSplat[]): Uint8Array {
  const chunks = Math.ceil(splats.length / 256);
  const bounds = [-4, -4, -4, 4, 4, 4, -8, -8, -8, 0, 0, 0, 0, 0, 0, 1, 1, 1];
  const names = ['', 'scale_'].flatMap((part) =>
    ['min', 'max'].flatMap((end) => ['x', 'y', 'z'].map((axis) => `${end}_${part}${axis}`)),
  );
  names.push('min_r', 'min_g', 'min_b', 'max_r', 'max_g', 'max_b');
  const lines = [
    'ply',
    'format binary_little_endian 1.0',
    `element chunk ${chunks}`,
    ...names.map((name) => `property float ${name}`),
    `element vertex ${splats.length}`,
    ...['position', 'rotation', 'scale', 'color'].map((name) => `property uint packed_${name}`),
    `element sh ${splats.length}`,
    ...Array.from({ length: 9 }, (_, i) => `property uchar f_rest_${i}`),
    'end_header\n',
  ];
  const head = strToU8(lines.join('\n'));
  const bytes = new Uint8Array(head.length + chunks * 72 + splats.length * 25);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  let at = head.length;
  for (let i = 0; i < chunks * 18; i++, at += 4) view.setFloat32(at, bounds[i % 18]!, true);
  const unit = (value: number, bits: number): number => Math.round(value * (2 ** bits - 1));
  const triple = (v: number[]): number =>
    (unit(v[0]!, 11) * 2 ** 21 + unit(v[1]!, 10) * 2 ** 11 + unit(v[2]!, 11)) >>> 0;
  for (const { position, rotation, scale, color, opacity } of splats) {
    const largest = rotation.findIndex((v) => Math.abs(v) === Math.max(...rotation.map(Math.abs)));
    const sign = rotation[largest]! < 0 ? -1 : 1;
    let packed = largest;
    for (const [k, v] of rotation.entries())
      if (k !== largest) packed = packed * 1024 + unit((v * sign) / Math.SQRT2 + 0.5, 10);
    const words = [
      triple(position.map((v) => (v + 4) / 8)),
      packed,
      triple(scale.map((v) => (Math.log(v) + 8) / 8)),
      [...color, opacity].reduce((sum, v) => sum * 256 + unit(v, 8), 0),
    ];
    for (const word of words) {
      view.setUint32(at, word, true);
      at += 4;
    }
  }
  for (const { harmonics } of splats) {
    for (let n = 0; n < 9; n++) bytes[at++] = Math.floor((harmonics[n % 3]![Math.floor(n / 3)]! / 8 + 0.5) * 256);
  }
  return bytes;
}
