import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { addMesh, draw, pixel, sphere } from '#test/render/scenes.ts';

function redBall(): Document {
  const document = new Document();
  const material = document.createMaterial().setBaseColorFactor([0.9, 0.02, 0.02, 1]).setMetallicFactor(0);
  addMesh(document, sphere(), material);
  return document;
}

const view = { azimuth: 0, elevation: 12 };

test('reflective ground mirrors the model below it, beside its shadow', async () => {
  const request = { width: 96, height: 96, view, background: '#404040', margin: 0.15 } as const;
  const shadow = await draw(redBall(), { ...request, ground: 'shadow' });
  const mirror = await draw(redBall(), { ...request, ground: 'reflective' });
  let redder = 0;
  for (let y = 60; y < 96; y++) {
    for (let x = 0; x < 96; x++) {
      const [a, b] = [pixel(shadow, x, y), pixel(mirror, x, y)];
      // The ground's shadow is grey; what turns red there is the mirrored ball.
      const grey = Math.abs(a[0]! - a[1]!) <= 2;
      if (grey && b[0]! - b[1]! > 12) redder++;
      if (!grey) for (let c = 0; c < 3; c++) expect(Math.abs(a[c]! - b[c]!)).toBeLessThan(60);
    }
  }
  expect(redder).toBeGreaterThan(60);
  // Above the ground nothing changes.
  for (let x = 0; x < 96; x++) expect(pixel(mirror, x, 20)).toEqual(pixel(shadow, x, 20));
});

test('in a transparent picture the mirrored model covers, and fades out', async () => {
  const image = await draw(redBall(), { width: 96, height: 96, view, ground: 'reflective', margin: 0.15 });
  const colored = Array.from({ length: 96 * 96 }, (_, i) => pixel(image, i % 96, Math.floor(i / 96))).filter(
    ([r, g, , alpha]) => alpha! > 4 && alpha! < 200 && r! > g! + 40,
  );
  expect(colored.length).toBeGreaterThan(40);
  for (let x = 0; x < 96; x++) expect(pixel(image, x, 95)[3]).toBeLessThan(40);
});
