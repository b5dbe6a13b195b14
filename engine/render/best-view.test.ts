import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, difference, draw, type Geometry, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import { openRenderSession } from './render-session.ts';
import type { RenderedImage } from './rendered-image.ts';

const degrees = ({ camera: { forward } }: RenderedImage) => ({
  azimuth: (Math.atan2(-forward[0], -forward[2]) * 180) / Math.PI,
  elevation: (Math.asin(-forward[1]) * 180) / Math.PI,
});
const best = (document: Document, more: Partial<ImageRequest> = {}) => draw(document, { view: 'best', ...more });

/** A board that stands upright and turned about the vertical axis, with balls on its face. */
function board(azimuth: number): Document {
  const document = new Document();
  const [c, s] = [Math.cos((azimuth * Math.PI) / 180), Math.sin((azimuth * Math.PI) / 180)];
  const place = (x: number, y: number, z: number, size: number) =>
    [size * c, 0, -size * s, 0, 0, size, 0, 0, size * s, 0, size * c, 0, c * x + s * z, y, c * z - s * x, 1] as const;
  const back: Geometry = { ...SQUARE, indices: [0, 2, 1, 0, 3, 2] };
  addMesh(document, SQUARE, null, [...place(0, 0, 0, 1)]);
  addMesh(document, back, null, [...place(0, 0, -0.01, 1)]);
  for (const [x, y] of [
    [-0.5, -0.5],
    [0.5, -0.4],
    [0, 0.4],
  ] as const)
    addMesh(document, sphere(12, 8), document.createMaterial(), [...place(x, y, 0.1, 0.2)]);
  return document;
}

test('the best view is from the side that has something to show, wherever that is', async () => {
  for (const azimuth of [0, 120, -90]) {
    const found = degrees(await best(board(azimuth)));
    const away = Math.abs(((found.azimuth - azimuth + 540) % 360) - 180);
    expect(away, `board at ${azimuth}`).toBeLessThan(65);
    expect(found.elevation).toBeGreaterThan(0);
    expect(found.elevation).toBeLessThan(45);
  }
});

test('the best view is the same for every size, moment and session', async () => {
  const document = board(40);
  const session = openRenderSession(document, testHost());
  const [first, other] = [
    await session.render(ImageRequest.parse({ view: 'best', width: 64, height: 64 })),
    await session.render(ImageRequest.parse({ view: 'best', width: 200, height: 80 })),
  ];
  session.close();
  expect(degrees(other)).toEqual(degrees(first));
  expect(difference(first, await best(document)).max).toBe(0);
});

test('what has no surfaces is seen from the front and a little above', async () => {
  const document = new Document();
  addMesh(document, { positions: [0, 0, 0, 1, 1, 1, 1, 0, 1], mode: 0 });
  const { azimuth, elevation } = degrees(await best(document));
  expect(Math.abs(azimuth)).toBeLessThan(65);
  expect(elevation).toBeGreaterThan(0);
  expect(elevation).toBeLessThan(45);
});
