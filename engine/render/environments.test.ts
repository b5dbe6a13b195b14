import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';
import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { EnvironmentName } from '#contracts/render/image-request.ts';
import { addMesh, draw, sphere } from '#test/render/scenes.ts';
import {
  FILTERED_BYTES,
  FILTERED_SIZES,
  mapBytes,
  readEnvironment,
  sharpSizeOf,
  storeEnvironment,
} from './environment-file.ts';

/** sRGB values of a matt sphere of this albedo, of pixels that it covers in full. */
async function matt(albedo: number, environment: EnvironmentName, view: 'front' | 'three-quarter' = 'three-quarter') {
  const document = new Document();
  const material = document.createMaterial().setMetallicFactor(0).setRoughnessFactor(0.7);
  addMesh(document, sphere(), material.setBaseColorFactor([albedo, albedo, albedo, 1]));
  const { data } = await draw(document, { environment, view });
  const shades: number[][] = [];
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) shades.push([...data.subarray(i, i + 3)]);
  return shades.sort((a, b) => a[1]! - b[1]!);
}

test.each(['front', 'three-quarter'] as const)('studio, %s: white keeps its shading, grey stays grey', async (view) => {
  const white = await matt(0.9, 'studio', view);
  const at = (share: number) => white[Math.floor((white.length - 1) * share)]![1]!;
  expect(at(1)).toBeLessThan(250);
  expect(at(0.9)).toBeGreaterThan(205);
  expect(at(0)).toBeGreaterThan(120);
  // Modelled: no large part of it is of one shade.
  expect(at(0.95) - at(0.05)).toBeGreaterThan(45);
  for (const [r, g, b] of white) expect(Math.max(r!, g!, b!) - Math.min(r!, g!, b!)).toBeLessThanOrEqual(2);
});

test.each(EnvironmentName.options)('%s: hardly anything of a white sphere is clipped', async (name) => {
  const white = await matt(0.9, name);
  const clipped = white.filter((rgb) => Math.min(...rgb) >= 252).length;
  expect(clipped / white.length).toBeLessThan(0.02);
});

test.each(EnvironmentName.options)('%s: light of full roughness turns smoothly', async (name) => {
  const file = await readFile(new URL(`environments/${name}.bin`, import.meta.url));
  const filtered = mapBytes(sharpSizeOf(file)!);
  const buffer = new ArrayBuffer(filtered + FILTERED_BYTES);
  readEnvironment(file, buffer, { map: 0, filtered });
  const maps = new Float32Array(buffer);
  const size = FILTERED_SIZES.at(-1)!;
  const start = maps.length - (size + 2) ** 2 * 4;
  const at = (x: number, y: number) => maps[start + ((y + 1) * (size + 2) + x + 1) * 4 + 1]!;
  const peak = Math.max(...Array.from({ length: size * size }, (_, i) => at(i % size, Math.floor(i / size))));
  for (let y = 0; y < size; y++) {
    for (let x = 1; x < size - 1; x++) {
      // Second difference, where noise shows; not across the folds of the octahedron, which make some of their own.
      const [u, v] = [x, y].map((i) => Math.abs((2 * i + 1) / size - 1)) as [number, number];
      if (Math.abs(u + v - 1) < 3 / size || u < 3 / size || v < 3 / size) continue;
      expect(Math.abs(at(x - 1, y) - 2 * at(x, y) + at(x + 1, y)) / peak).toBeLessThan(0.05);
    }
  }
});

test('a stored file holds the same maps, one that is cut off is refused, and other files stay as they are', async () => {
  const file = await readFile(new URL('environments/studio.bin', import.meta.url));
  const stored = await storeEnvironment(file, async (bytes) => inflateRawSync(bytes));
  expect(stored.length).toBeGreaterThan(file.length);
  const maps = [file, stored].map((bytes) => {
    const filtered = mapBytes(sharpSizeOf(bytes)!);
    const buffer = new ArrayBuffer(filtered + FILTERED_BYTES);
    readEnvironment(bytes, buffer, { map: 0, filtered });
    return Buffer.from(buffer);
  });
  expect(maps[0]!.equals(maps[1]!)).toBe(true);
  const cut = stored.subarray(0, stored.length - 1);
  expect(() => readEnvironment(cut, new ArrayBuffer(2 ** 23), { map: 0, filtered: 2 ** 22 })).toThrow(/cut off/);
  const picture = new TextEncoder().encode('#?RADIANCE');
  expect(await storeEnvironment(picture, async (bytes) => bytes)).toBe(picture);
  const damaged = file.slice(0, 200);
  expect(await storeEnvironment(damaged, async (bytes) => inflateRawSync(bytes))).toBe(damaged);
});
