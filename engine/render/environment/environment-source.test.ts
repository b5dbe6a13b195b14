import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { exrFile, type Light, pixelDirection, radianceFile } from '#test/render/panoramas.ts';
import { readExrHead } from '../../texture/exr/exr-head.ts';
import { readExr } from '../../texture/exr/read-exr.ts';
import { PanoramaSink } from '../../texture/hdr/panorama-sink.ts';
import { openEnvironment } from './environment-source.ts';

const sky: Light = ([x, y, z]) => [1 + x, 2 + y, 0.5 * (z > 0.5 ? 40 : 1)];

/** The picture as the renderer gets it. */
function decode(bytes: Uint8Array) {
  const source = openEnvironment(bytes);
  if (source.kind !== 'panorama') throw new Error('not a picture');
  const { width, height } = source.picture;
  const data = new Float32Array(width * height * 4);
  source.write(data);
  return { ...source, width, height, data };
}

/** The picture, or the error. */
function attempt(bytes: Uint8Array) {
  try {
    return decode(bytes);
  } catch (error) {
    return error as Error;
  }
}

/** Largest relative difference to a light, of the pixels' largest channels. */
function error({ width, height, data }: { width: number; height: number; data: Float32Array }, light: Light): number {
  let worst = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const exact = light(pixelDirection(x, y, width, height));
      for (let c = 0; c < 3; c++) {
        worst = Math.max(worst, Math.abs(data[(y * width + x) * 4 + c]! - exact[c]!) / Math.max(...exact));
      }
    }
  }
  return worst;
}

test.each(['flat', 'run-length', 'old run-length'] as const)('Radiance, %s', async (coding) => {
  const picture = decode(radianceFile(64, sky, coding));
  expect(picture.size).toBe(64);
  expect(error(picture, sky)).toBeLessThan(0.005);
});

test.each(['+Y +X', '-Y -X'] as const)('Radiance, rows and columns in order %s', async (order) => {
  expect(error(decode(radianceFile(32, sky, 'run-length', order)), sky)).toBeLessThan(0.005);
});

test.each([
  [0, 'half'],
  [0, 'float'],
  [1, 'half'],
  [2, 'float'],
  [3, 'half'],
  [3, 'float'],
  [4, 'half'],
] as const)('OpenEXR, compression %i, %s', async (compression, type) => {
  expect(error(decode(await exrFile(64, sky, compression, type)), sky)).toBeLessThan(0.002);
});

test('values that are no radiance become radiance: not numbers, infinite, negative', async () => {
  const strange: Light = ([, y]) => [y > 0.5 ? Number.NaN : 1, y < -0.5 ? -3 : 1, y > 0 ? Infinity : 1];
  const { data } = decode(await exrFile(32, strange, 0, 'float'));
  expect(data.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  expect(data.slice(0, 4)).toEqual(Float32Array.of(0, 1, 65504, 0));
});

test('a picture wider than 2048 pixels is made smaller by area', async () => {
  // Columns of 1 and 3 in turn, in every row the same.
  const head = new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2048 +X 4096\n');
  const row = Uint8Array.from({ length: 4096 * 4 }, (_, i) => (i % 4 === 3 ? 130 : i % 8 < 4 ? 64 : 192));
  const file = new Uint8Array(head.length + row.length * 2048);
  file.set(head);
  for (let y = 0; y < 2048; y++) file.set(row, head.length + y * row.length);
  const picture = decode(file);
  expect([picture.width, picture.height, picture.size]).toEqual([2048, 1024, 1024]);
  expect(error(picture, () => [2, 2, 2])).toBeLessThan(0.01);
});

test('files of wrong sizes are refused before anything is allocated', () => {
  const head = (size: string) => new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n${size}\n`);
  const refused = (bytes: Uint8Array) => {
    try {
      openEnvironment(bytes);
    } catch (error) {
      expect(error).toMatchObject({ code: 'environment_invalid' });
      expect((error as { remedy?: string }).remedy!.length).toBeGreaterThan(20);
      return (error as Error).message;
    }
    return 'accepted';
  };
  expect(refused(head('-Y 60000 +X 120000'))).toMatch(/120000 × 60000 pixels; at most 8192 × 4096/);
  expect(refused(head('-Y 100 +X 100'))).toMatch(/100 × 100 pixels; an equirectangular one is twice as wide/);
  expect(refused(head('-Y 4 +X 8'))).toMatch(/8 × 4/);
  expect(refused(head('+X 100 -Y 50'))).toMatch(/not of the form -Y HEIGHT \+X WIDTH/);
  expect(refused(new TextEncoder().encode('#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 50 +X 100\n'))).toMatch(/xyze/);
  expect(refused(new TextEncoder().encode('#?RADIANCE\nFORMAT'))).toMatch(/no end/);
  expect(refused(new TextEncoder().encode('a text'))).toMatch(/neither a Radiance nor an OpenEXR/);
  expect(refused(new Uint8Array())).toMatch(/neither a Radiance nor an OpenEXR/);
  expect(refused(Uint8Array.of(0x76, 0x2f, 0x31, 1, 2, 0, 0, 0))).toMatch(/OpenEXR/);
});

test('files that are cut off or damaged end in an error, never in a hang', async () => {
  const files = [
    radianceFile(64, sky),
    radianceFile(64, sky, 'flat'),
    await exrFile(64, sky, 0, 'float'),
    await exrFile(64, sky, 3, 'half'),
    await exrFile(64, sky, 4, 'half'),
  ];
  const random = seededRandom(17);
  for (const file of files) {
    for (let share = 0.02; share < 0.99; share += 0.07) {
      const cut = file.slice(0, Math.floor(file.length * share));
      expect(attempt(cut)).toMatchObject({ code: 'environment_invalid' });
    }
    for (let i = 0; i < 60; i++) {
      const damaged = file.slice();
      for (let k = 0; k < 3; k++) damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const result = attempt(damaged);
      // Flipped bits of pixels show as wrong light at most.
      if (result instanceof Error) expect(result).toMatchObject({ code: 'environment_invalid' });
      else expect(result.data.every((v) => v >= 0 && Number.isFinite(v))).toBe(true);
    }
  }
}, 60_000);

test.skipIf(!hasCorpus)('a real OpenEXR picture (PIZ) is read, but is no panorama', async () => {
  const bytes = await corpusFile('hdr/t01.exr');
  const head = readExrHead(bytes);
  expect(head).toMatchObject({ width: 400, height: 300, compression: 'PIZ' });
  const data = new Float32Array(400 * 300 * 4);
  const sink = new PanoramaSink({ width: 400, height: 300 }, { width: 400, height: 300 }, data);
  readExr(bytes, head, sink);
  sink.finish();
  expect(data.some((value) => value > 0.5)).toBe(true);
  expect(() => openEnvironment(bytes)).toThrow(/400 × 300/);
});

test.skipIf(!hasCorpus)('a real Radiance picture is read whole', async () => {
  const { width, height, size, data } = decode(await corpusFile('hdr/royal_esplanade_1k.hdr'));
  expect([width, height, size]).toEqual([1024, 512, 512]);
  // Brighter above the horizon than below, with lamps far above white.
  const mean = (from: number, to: number) =>
    data.subarray(from * width * 4, to * width * 4).reduce((sum, v) => sum + v) / ((to - from) * width * 3);
  expect(mean(100, 256)).toBeGreaterThan(mean(256, 412));
  expect(data.filter((_, i) => i % 4 === 1).reduce((a, b) => Math.max(a, b))).toBeGreaterThan(20);
});
