import { readFile } from 'node:fs/promises';
import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { type Light, pixelDirection, radianceFile } from '#test/render/panoramas.ts';
import { addMesh, draw, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import {
  FILTERED_BYTES,
  FILTERED_SIZES,
  mapBytes,
  octahedralDirection,
  readEnvironment,
  sharpSizeOf,
} from '../environment-file.ts';
import * as L from '../kernel/layout.ts';
import { openRenderSession } from '../render-session.ts';

type Vector = [number, number, number];

/** A map with its border, as the kernel has it. */
interface Map {
  size: number;
  at(x: number, y: number): Vector;
}

const luminance = ([r, g, b]: Vector) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function mapsAt(buffer: ArrayBufferLike, map: number, size: number, filtered: number): { sharp: Map; filtered: Map[] } {
  const view = (address: number, n: number): Map => {
    const data = new Float32Array(buffer, address, mapBytes(n) / 4).slice();
    return {
      size: n,
      at: (x, y) => [...data.subarray(((y + 1) * (n + 2) + x + 1) * 4, ((y + 1) * (n + 2) + x + 1) * 4 + 3)] as Vector,
    };
  };
  let address = filtered;
  const levels = FILTERED_SIZES.map((n) => {
    const level = view(address, n);
    address += mapBytes(n);
    return level;
  });
  return { sharp: view(map, size), filtered: levels };
}

/** Maps that the kernel makes of a file. */
async function kernelMaps(file: Uint8Array) {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial());
  const host = testHost(file);
  await draw(document, { width: 16, height: 16 }, host);
  const { memory } = host.threads.last!;
  const header = new DataView(memory.buffer, L.HEADER);
  const field = (at: number) => header.getUint32(at, true);
  return mapsAt(memory.buffer, field(L.H_ENV_MAP), field(L.H_ENV_MAP_SIZE), field(L.H_ENVIRONMENT));
}

/** Mean of a map over solid angle. */
function mean({ size, at }: Map): Vector {
  const sum = [0, 0, 0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const d = octahedralDirection((x + 0.5) / size, (y + 0.5) / size);
      const w = (Math.abs(d[0]) + Math.abs(d[1]) + Math.abs(d[2])) ** 3;
      const texel = at(x, y);
      for (let i = 0; i < 3; i++) sum[i]! += texel[i]! * w;
      sum[3]! += w;
    }
  }
  return [sum[0]! / sum[3]!, sum[1]! / sum[3]!, sum[2]! / sum[3]!];
}

test('the same light from everywhere stays the same in every map, borders too', async () => {
  const { sharp, filtered } = await kernelMaps(radianceFile(64, () => [0.5, 1, 2]));
  expect(sharp.size).toBe(64);
  for (const map of [sharp, ...filtered]) {
    for (let y = -1; y <= map.size; y++) {
      for (let x = -1; x <= map.size; x++)
        map.at(x, y).forEach((c, i) => {
          expect(Math.abs(c / [0.5, 1, 2][i]! - 1)).toBeLessThan(2e-3);
        });
    }
  }
});

test('light comes from where the picture shows it, and none is lost', async () => {
  const light: Light = ([x, y, z]) => [x > 0.95 ? 30 : 0.1, y > 0.95 ? 30 : 0.1, z > 0.95 ? 30 : 0.1];
  const { sharp } = await kernelMaps(radianceFile(256, light));
  const n = sharp.size;
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const d = octahedralDirection((x + 0.5) / n, (y + 0.5) / n);
      // Not at the edges of the discs.
      if (d.some((c) => Math.abs(c - 0.95) < 0.02)) continue;
      sharp.at(x, y).forEach((c, i) => {
        expect(Math.abs(c - light(d)[i]!) / Math.max(...light(d))).toBeLessThan(0.01);
      });
    }
  }
  const exact = mean({ size: 1024, at: (x, y) => light(octahedralDirection((x + 0.5) / 1024, (y + 0.5) / 1024)) });
  mean(sharp).forEach((c, i) => {
    expect(c / exact[i]!).toBeCloseTo(1, 1);
  });
});

test('a sun of one pixel keeps its energy', async () => {
  const width = 256;
  const at: [number, number] = [150, 40];
  const direction = pixelDirection(...at, width, width / 2);
  const light: Light = (d) =>
    Math.hypot(...d.map((c, i) => c - direction[i]!)) < 1e-6 ? [20000, 20000, 20000] : [0, 0, 0];
  const { sharp, filtered } = await kernelMaps(radianceFile(width, light));
  const pixel = ((2 * Math.PI) / width) ** 2 * Math.sin(((at[1] + 0.5) / (width / 2)) * Math.PI);
  const power = 20000 * pixel;
  expect((mean(sharp)[0] * 4 * Math.PI) / power).toBeCloseTo(1, 1);
  for (const map of filtered) {
    // What a lobe spreads it also keeps, but for the cosine.
    expect((mean(map)[0] * 4 * Math.PI) / power).toBeGreaterThan(0.7);
    expect((mean(map)[0] * 4 * Math.PI) / power).toBeLessThan(1.1);
  }
  for (const map of filtered) for (const c of map.at(0, 0)) expect(c).toBeGreaterThanOrEqual(0);
});

test.each(['sunset', 'studio', 'city'] as const)(
  '%s: the filter agrees with the one that made the built-in maps',
  async (name) => {
    const file = await readFile(new URL(`../environments/${name}.bin`, import.meta.url));
    const size = sharpSizeOf(file)!;
    const buffer = new ArrayBuffer(mapBytes(size) + FILTERED_BYTES);
    readEnvironment(file, buffer, { map: 0, filtered: mapBytes(size) });
    const built = mapsAt(buffer, 0, size, mapBytes(size));
    const lookup: Light = (d) => {
      const k = 1 / (Math.abs(d[0]) + Math.abs(d[1]) + Math.abs(d[2]));
      let [a, b] = [d[0] * k, d[2] * k];
      if (d[1] < 0) [a, b] = [(1 - Math.abs(b)) * (a >= 0 ? 1 : -1), (1 - Math.abs(a)) * (b >= 0 ? 1 : -1)];
      const [fx, fy] = [(a * 0.5 + 0.5) * size - 0.5, (b * 0.5 + 0.5) * size - 0.5];
      const [x, y] = [Math.floor(fx), Math.floor(fy)];
      const corner = (i: number, j: number) => built.sharp.at(x + i, y + j);
      const mix = (p: Vector, q: Vector, t: number) => p.map((c, i) => c + (q[i]! - c) * t) as Vector;
      return mix(mix(corner(0, 0), corner(1, 0), fx - x), mix(corner(0, 1), corner(1, 1), fx - x), fy - y);
    };
    const { filtered } = await kernelMaps(radianceFile(512, lookup));
    filtered.forEach((map, level) => {
      const other = built.filtered[level]!;
      let difference = 0;
      let light = 0;
      for (let y = 0; y < map.size; y++) {
        for (let x = 0; x < map.size; x++) {
          difference += Math.abs(luminance(map.at(x, y)) - luminance(other.at(x, y)));
          light += luminance(other.at(x, y));
        }
      }
      // The narrow lobes were made of a finer picture, and by random points.
      expect(difference / light, `map ${level}`).toBeLessThan(level < 2 ? 0.04 : 0.02);
    });
  },
);

test('a session goes from one environment to another, larger or smaller, and back', async () => {
  const document = new Document();
  addMesh(document, sphere(), document.createMaterial().setMetallicFactor(1).setRoughnessFactor(0.1));
  const pictures: Record<string, Uint8Array> = {
    studio: radianceFile(64, () => [1, 0.2, 0.2]),
    city: radianceFile(512, ([, y]) => [0.1, 0.5 + 0.4 * y, 0.1]),
  };
  const host = { ...testHost(), loadEnvironment: async (name: string) => pictures[name]! };
  const request = (environment: 'studio' | 'city') => ImageRequest.parse({ width: 32, height: 32, environment });
  const session = openRenderSession(document, host);
  const images = [];
  for (const name of ['studio', 'city', 'studio', 'city'] as const) images.push(await session.render(request(name)));
  session.close();
  expect(images[0]!.data).toEqual(images[2]!.data);
  expect(images[1]!.data).toEqual(images[3]!.data);
  const middle = (16 * 32 + 16) * 4;
  expect(images[0]!.data[middle]!).toBeGreaterThan(images[0]!.data[middle + 1]! + 40);
  expect(images[1]!.data[middle + 1]!).toBeGreaterThan(images[1]!.data[middle]! + 40);
});
