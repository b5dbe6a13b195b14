import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { imageProblems } from '#contracts/render/image-rules.ts';
import { addMesh, difference, draw, pixel, SQUARE, sphere } from '#test/render/scenes.ts';

const flat = { projection: 'orthographic', width: 200, height: 200, margin: 0 } as const;

test('a wireframe shows the edges of triangles as wide as asked for', async () => {
  const document = new Document();
  addMesh(document, SQUARE);
  for (const lineWidth of [1, 4]) {
    const image = await draw(document, { ...flat, display: 'wireframe', lineWidth });
    // Along a row away from corners: half a line on each border and the diagonal, √2 as wide across.
    const row = [...Array(200).keys()].map((x) => pixel(image, x, 60)[0]!);
    const fill = Math.max(...row);
    const dark = row.reduce((sum, value) => sum + (fill - value) / (fill - Math.min(...row)), 0);
    // Display values are not linear in coverage: half-covered pixels count about a third.
    expect(dark).toBeGreaterThan(lineWidth * (1 + Math.SQRT2) * 0.7);
    expect(dark).toBeLessThan(lineWidth * (1 + Math.SQRT2) * 1.1 + 0.5);
  }
});

test('what is behind a surface shows no lines', async () => {
  const alone = new Document();
  addMesh(alone, SQUARE);
  const both = new Document();
  addMesh(both, SQUARE);
  addMesh(both, sphere(), null, [0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, -1, 1]);
  const [a, b] = [alone, both].map((document) => draw(document, { ...flat, display: 'wireframe' }));
  expect(new Set((await a!).data).size).toBeGreaterThan(2);
  expect(difference(await a!, await b!).max).toBeLessThanOrEqual(2);
});

test('the checker has eight cells a side, and says where coordinates are missing', async () => {
  const document = new Document();
  addMesh(document, SQUARE);
  const image = await draw(document, { ...flat, display: 'uv-checker' });
  // Brightness across a row of the top cells changes at every eighth.
  const bright = [...Array(8).keys()].map((i) => pixel(image, 12 + i * 25, 12)[2]!);
  for (let i = 1; i < 8; i++) expect(Math.abs(bright[i]! - bright[i - 1]!)).toBeGreaterThan(40);
  // Red grows with u, green upwards.
  expect(pixel(image, 188, 12)[1]! + pixel(image, 163, 12)[1]!).toBeGreaterThan(
    pixel(image, 188, 188)[1]! + pixel(image, 163, 188)[1]! + 40,
  );
  const bare = new Document();
  addMesh(bare, { positions: SQUARE.positions, normals: SQUARE.normals!, indices: SQUARE.indices! });
  const [r, g, b] = pixel(await draw(bare, { ...flat, display: 'uv-checker' }), 100, 40);
  expect(r).toBeGreaterThan(220);
  expect(g).toBe(0);
  expect(b).toBeGreaterThan(180);
});

test('materials have colours of their own, the same from all sides and in any light', async () => {
  const document = new Document();
  const place = (x: number) => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, 0, 0, 1] as const;
  for (const x of [-2, 0, 2]) addMesh(document, SQUARE, document.createMaterial().setDoubleSided(true), [...place(x)]);
  const colors = (image: Awaited<ReturnType<typeof draw>>, columns: number[]) =>
    columns.map((x) => pixel(image, x, 30).join());
  const front = await draw(document, { width: 180, height: 60, display: 'material-id', margin: 0 });
  const seen = colors(front, [40, 90, 140]);
  expect(new Set(seen).size).toBe(3);
  const back = await draw(document, {
    width: 180,
    height: 60,
    display: 'material-id',
    margin: 0,
    view: 'back',
    exposure: 3,
    environment: 'night',
  });
  expect(colors(back, [140, 90, 40])).toEqual(seen);
});

test('the path integrator has no such views', () => {
  expect(imageProblems(ImageRequest.parse({ display: 'wireframe', integrator: 'path' }))).toHaveLength(1);
});
