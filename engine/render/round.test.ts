import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw } from '#test/render/scenes.ts';
import { pointRadii } from './point-radii.ts';
import type { RenderedImage } from './rendered-image.ts';

/** Pixels covered, in pixels. */
function area({ data }: RenderedImage): number {
  let sum = 0;
  for (let i = 3; i < data.length; i += 4) sum += data[i]! / 255;
  return sum;
}
const flat = { projection: 'orthographic', width: 400, height: 400, samples: 64, margin: 0 } as const;
const perspective = { width: 400, height: 400, samples: 64, fieldOfView: 5, margin: 0 } as const;

test('a line is a capsule as wide as said, from any side', async () => {
  const document = new Document();
  addMesh(document, { positions: [-1, 0, 0, 1, 0, 0], mode: 1 });
  const image = await draw(document, flat);
  // Render space is one long each way and fills the image: 200 pixels a unit; 0.6 pixels are 0.6 · 2 / 400 at least.
  const radius = Math.max(0.0015, (0.6 * 2) / Math.cos((35 * Math.PI) / 360) / 400) * 200;
  expect(area(image)).toBeGreaterThan(400 * 2 * radius * 0.96);
  expect(area(image)).toBeLessThan(400 * 2 * radius * 1.04);
  // Along the line only its round end is seen.
  const end = await draw(document, { ...flat, view: 'right', width: 64, height: 64 });
  expect(area(end)).toBeGreaterThan(0.5);
});

test('a strip of lines joins at its corners without a gap', async () => {
  const document = new Document();
  addMesh(document, { positions: [-1, -1, 0, 0, 1, 0, 1, -1, 0], mode: 3 });
  const image = await draw(document, flat);
  const column = [...Array(400).keys()].map((y) => image.data[(y * 400 + 200) * 4 + 3]!);
  const top = column.findIndex((alpha) => alpha > 128);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(top).toBeLessThan(6);
});

test('points are discs of their radius, coloured, and the nearer ones hide those behind', async () => {
  const document = new Document();
  const positions = [-1, -1, 0, 1, 1, 0, 0, 0, 0.2, 0, 0, -0.2];
  const colors = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1];
  addMesh(document, { positions, colors, mode: 0 });
  const image = await draw(document, perspective);
  const at = (200 * 400 + 200) * 4;
  expect([...image.data.subarray(at, at + 4)]).toEqual([255, 0, 0, 255]);
  const back = await draw(document, { ...perspective, view: 'back' });
  expect([...back.data.subarray(at, at + 4)]).toEqual([0, 0, 255, 255]);
});

test('a dense cloud closes, and its points are as small as they are close', () => {
  const random = seededRandom(3);
  const cloud = (count: number) => {
    const positions = new Float32Array(count * 3);
    for (let i = 0; i < count; i++) positions.set([random() * 1.4 - 0.7, 0.1, random() * 1.4 - 0.7], i * 3);
    return positions;
  };
  const median = (radii: Float32Array) => radii.slice().sort()[radii.length >> 1]!;
  const [few, many] = [median(pointRadii(cloud(20_000), 0)), median(pointRadii(cloud(320_000), 0))];
  expect(few / many).toBeGreaterThan(3);
  expect(few / many).toBeLessThan(5);
  // Discs of this radius cover the plane several times over: gaps are rare.
  expect((Math.PI * many ** 2 * 320_000) / 1.96).toBeGreaterThan(2.5);
  expect((Math.PI * many ** 2 * 320_000) / 1.96).toBeLessThan(8);
  expect(pointRadii(new Float32Array([Number.NaN, 0, 0, 0.5, 0, 0]), 0.001)[0]).toBe(0);
});

test('a cloud of 200,000 points takes bounded memory', async () => {
  const random = seededRandom(4);
  const positions = Array.from({ length: 600_000 }, () => random());
  const document = new Document();
  addMesh(document, { positions, mode: 0 });
  const { stats } = await draw(document, { width: 64, height: 64 });
  expect(stats.triangles).toBe(200_000);
  // 64 bytes a vertex, 16 an index, about 100 of tree and as much again while it is built.
  expect(stats.peakBytes / 200_000).toBeLessThan(250);
}, 30_000);

test('normals of points turn with the viewer: those that point away light the same', async () => {
  const random = seededRandom(8);
  const positions = Array.from({ length: 300 }, () => random() * 2 - 1);
  const cloud = (side: number) => {
    const document = new Document();
    const normals = Array.from({ length: 300 }, (_, i) => (i % 3 === 1 ? side : 0));
    addMesh(document, { positions, normals, mode: 0 }, document.createMaterial().setMetallicFactor(0));
    return draw(document, { integrator: 'path', samples: 4, view: 'three-quarter' });
  };
  const [up, down] = [await cloud(1), await cloud(-1)];
  expect(area(up)).toBeGreaterThan(100);
  expect(up.data).toEqual(down.data);
});
