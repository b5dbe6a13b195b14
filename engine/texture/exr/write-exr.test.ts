import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { expect, test } from 'vitest';
import { PRIMARIES, WHITE } from '../icc-profile.ts';
import { halfBits } from './half.ts';
import { type ExrImage, writeExr } from './write-exr.ts';

const SRGB = { ...PRIMARIES.srgb, white: WHITE };

/** A number generator, so that what is compressed badly is there too. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Smooth above, noise below; beside it what half floats cannot hold. */
function picture(width: number, height: number): Float32Array {
  const noise = random(7);
  const data = new Float32Array(width * height * 4);
  for (let i = 0; i < data.length; i += 4) {
    const y = Math.floor(i / 4 / width);
    const x = (i / 4) % width;
    if (y > height / 2) data.set([noise() * 1000, noise(), noise() * 1e-6, noise()], i);
    else data.set([x / 7, y * 123.456, (x * y) / 1e5, 1], i);
  }
  return data;
}

const rgba = (data: Float32Array, type: 'half' | 'float'): ExrImage['channels'] =>
  ['R', 'G', 'B', 'A'].map((name, offset) => ({ name, type, data, stride: 4, offset }));

const read = (file: Uint8Array) =>
  new EXRLoader().setDataType(FloatType).parse(file.slice().buffer as ArrayBuffer) as {
    width: number;
    height: number;
    data: Float32Array;
  };

test.each(['half', 'float'] as const)("three's reader finds what was written: %s", (type) => {
  const [width, height] = [37, 41];
  const data = picture(width, height);
  const found = read(writeExr({ width, height, channels: rgba(data, type), chromaticities: SRGB }));
  expect([found.width, found.height]).toEqual([width, height]);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * 4; i++) {
      // The reader puts the last row first.
      const value = found.data[(height - 1 - y) * width * 4 + i]!;
      const wanted = data[y * width * 4 + i]!;
      if (type === 'float') expect(value).toBe(wanted);
      else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(Math.max(Math.abs(wanted) * 2 ** -11, 2 ** -25));
    }
  }
});

test('half floats are the nearest ones', () => {
  const known: [number, number][] = [
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.01, 1],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [0.333251953125, 0x3555],
  ];
  for (const [value, expected] of known) expect(halfBits(value), String(value)).toBe(expected);
  expect(halfBits(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00);
  // Every half float survives the way to a number and back.
  for (let h = 0; h < 0x7c00; h++) {
    const exponent = h >> 10;
    const mantissa = h & 0x3ff;
    expect(halfBits(exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15))).toBe(h);
  }
});

test('the same picture gives the same bytes, and what is wrong is refused', () => {
  const data = picture(16, 20);
  const image = { width: 16, height: 20, channels: rgba(data, 'half'), chromaticities: SRGB };
  expect(writeExr(image)).toEqual(writeExr(image));
  expect(() => writeExr({ ...image, height: 21 })).toThrow(RangeError);
  expect(() => writeExr({ ...image, channels: [...image.channels, ...image.channels] })).toThrow('two channels');
  expect(() => writeExr({ ...image, channels: [{ ...image.channels[0]!, name: '' }] })).toThrow('name');
});

const LAYERED = (() => {
  const [width, height] = [50, 33];
  const data = picture(width, height);
  const ids = Uint32Array.from({ length: width * height }, (_, i) => (i * 2654435761) >>> 0);
  const image: ExrImage = {
    width,
    height,
    channels: [
      ...rgba(data, 'half'),
      { name: 'depth.Z', type: 'float', data, stride: 4, offset: 1 },
      {
        name: 'a layer with a name that is longer than thirty-one bytes.id',
        type: 'uint',
        data: ids,
        stride: 1,
        offset: 0,
      },
    ],
    chromaticities: SRGB,
    attributes: { owner: 'Maquette', worldToCamera: Array.from({ length: 16 }, (_, i) => i), near: 0.25 },
  };
  return image;
})();

function has(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(has('exrheader'))('OpenEXR itself reads header and samples (exrheader, exrmaketiled)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'maquette-exr-'));
  try {
    const path = join(folder, 'layers.exr');
    writeFileSync(path, writeExr(LAYERED));
    const header = execFileSync('exrheader', [path], { encoding: 'utf8' });
    for (const line of [
      'depth.Z, 32-bit floating-point',
      'R, 16-bit floating-point',
      'zip, ',
      'owner',
      'worldToCamera',
    ]) {
      expect(header).toContain(line);
    }
    // Reads every sample and writes them in tiles; what it cannot read ends with an error.
    execFileSync('exrmaketiled', [path, join(folder, 'tiles.exr')]);
    expect(execFileSync('exrheader', [join(folder, 'tiles.exr')], { encoding: 'utf8' })).toContain('depth.Z');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
