import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { addMesh, draw, pixel, SQUARE } from '#test/render/scenes.ts';
import type { RenderedImage } from './rendered-image.ts';

/** The square of side 2 about the origin, and a camera before it at z = 4 with a vertical field of 53.13°. */
function scene(aspect?: number): Document {
  const document = new Document();
  addMesh(document, SQUARE);
  const camera = document
    .createCamera()
    .setType('perspective')
    .setYFov(2 * Math.atan(0.5));
  if (aspect !== undefined) camera.setAspectRatio(aspect);
  const flat = document.createCamera().setType('orthographic').setXMag(4).setYMag(2);
  const nodes = document.getRoot().listScenes()[0]!;
  nodes.addChild(document.createNode('eye').setTranslation([0, 0, 4]).setCamera(camera));
  nodes.addChild(document.createNode('plan').setTranslation([0, 0, 9]).setCamera(flat));
  return document;
}

/** Columns and rows that show something opaque through the middle. */
function extent(image: RenderedImage): [number, number] {
  const { width, height } = image;
  const seen = (count: number, alpha: (i: number) => number) =>
    [...Array(count).keys()].reduce((sum, i) => sum + alpha(i) / 255, 0);
  return [seen(width, (x) => pixel(image, x, height >> 1)[3]!), seen(height, (y) => pixel(image, width >> 1, y)[3]!)];
}

test('a perspective camera of the file keeps its vertical field', async () => {
  // Half the field is 4 · 0.5 = 2 at the square, which is 1 of it on each side.
  const [columns, rows] = extent(await draw(scene(), { camera: 'eye', width: 160, height: 80 }));
  expect(columns).toBeCloseTo(40, 0);
  expect(rows).toBeCloseTo(40, 0);
});

test('a picture narrower than the camera shows the whole width of what it frames', async () => {
  // The file frames 8 × 4; a square picture then shows 8 × 8.
  const [columns] = extent(await draw(scene(2), { camera: 'eye', width: 80, height: 80 }));
  expect(columns).toBeCloseTo(20, 0);
});

test('an orthographic camera of the file shows what it frames, whatever the distance', async () => {
  const image = await draw(scene(), { camera: 'plan', width: 160, height: 80 });
  expect(extent(image)[0]).toBeCloseTo(40, 0);
  expect(image.camera).toMatchObject({ projection: 'orthographic', viewHeight: 4, fieldOfView: 0 });
  expect(image.camera.position[2]).toBeCloseTo(9, 6);
});

test('a camera stands where it is put, in metres, and is said so', async () => {
  const image = await draw(scene(), {
    camera: { position: [0, 0, 4], target: [0, 0, 0], up: [0, 1, 0] },
    fieldOfView: 60,
  });
  expect(image.camera.fieldOfView).toBeCloseTo(60, 6);
  image.camera.position.forEach((x, i) => {
    expect(x).toBeCloseTo([0, 0, 4][i]!, 6);
  });
  const [columns] = extent(image);
  expect(columns).toBeCloseTo(64 / (4 * Math.tan(Math.PI / 6)), 0);
  await expect(draw(scene(), { camera: { position: [1, 1, 1], target: [1, 1, 1], up: [0, 1, 0] } })).rejects.toThrow(
    'looks in no direction',
  );
});

test('a camera that is not in the file is refused with the names of those that are', async () => {
  await expect(draw(scene(), { camera: 'ear' })).rejects.toThrow(
    'The model has no camera called “ear”. Its cameras: “eye”, “plan”.',
  );
});

test('a lens blurs an edge as wide as its circle of confusion', async () => {
  const place = {
    position: [1, 0, 4] as [number, number, number],
    target: [1, 0, 0] as [number, number, number],
    up: [0, 1, 0] as [number, number, number],
  };
  const shot = { camera: place, fieldOfView: 30, width: 96, height: 96, samples: 64 };
  // The edge x = 1 runs through the middle. Columns of partial coverage:
  const blurred = (image: RenderedImage) =>
    [...Array(96).keys()].filter((x) => {
      const alpha = pixel(image, x, 48)[3]!;
      return alpha > 8 && alpha < 247;
    }).length;
  expect(blurred(await draw(scene(), shot))).toBeLessThanOrEqual(2);
  expect(blurred(await draw(scene(), { ...shot, fStop: 0.1, focusDistance: 4 }))).toBeLessThanOrEqual(2);
  const image = await draw(scene(), { ...shot, fStop: 0.1, focusDistance: 8 });
  // Diameter of the lens f / N, of the circle at the square in focus at 8: f / N · (1 − 4 / 8).
  const focalLength = 0.012 / Math.tan(Math.PI / 12);
  const pixels = ((focalLength / 0.1) * 0.5 * 96) / (2 * 4 * Math.tan(Math.PI / 12));
  // Where less than 3 % of the disc are over the edge, nothing is counted: 0.86 of its width is left.
  expect(blurred(image)).toBeGreaterThan(0.75 * pixels);
  expect(blurred(image)).toBeLessThan(1.05 * pixels + 2);
  await expect(draw(scene(), { ...shot, projection: 'orthographic', fStop: 2 })).rejects.toThrow('no depth of field');
});
