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

test('paths mirror about what the preview does, over the shadow', async () => {
  const request = { width: 96, height: 96, view, background: '#404040', margin: 0.15 } as const;
  const path = { ...request, integrator: 'path', samples: 64, noiseThreshold: 0, denoise: 'off' } as const;
  const shadow = await draw(redBall(), { ...path, ground: 'shadow' });
  const mirror = await draw(redBall(), { ...path, ground: 'reflective' });
  const preview = await draw(redBall(), { ...request, ground: 'reflective' });
  // Where the preview's ground is redder than grey, for the most part.
  let [traced, drawn, count] = [0, 0, 0];
  for (let y = 60; y < 96; y++) {
    for (let x = 0; x < 96; x++) {
      const [a, b, c] = [pixel(shadow, x, y), pixel(mirror, x, y), pixel(preview, x, y)];
      if (Math.abs(a[0]! - a[1]!) > 2 || c[0]! - c[1]! <= 12) continue;
      traced += b[0]! - b[1]!;
      drawn += c[0]! - c[1]!;
      count++;
    }
  }
  expect(count).toBeGreaterThan(60);
  expect(traced / drawn).toBeGreaterThan(0.75);
  expect(traced / drawn).toBeLessThan(1.33);
  for (let x = 0; x < 96; x++) expect(pixel(mirror, x, 20)).toEqual(pixel(shadow, x, 20));
});

test('what shines is mirrored in the dark, too', async () => {
  const document = new Document();
  addMesh(document, sphere(), document.createMaterial().setBaseColorFactor([0, 0, 0, 1]).setEmissiveFactor([0, 1, 0]));
  const image = await draw(document, {
    ...{ width: 96, height: 96, view, background: '#000000', margin: 0.15, ground: 'reflective' },
    ...{ integrator: 'path', samples: 32, environmentIntensity: 0 },
  });
  let green = 0;
  for (let y = 80; y < 96; y++) for (let x = 0; x < 96; x++) if (pixel(image, x, y)[1]! > 30) green++;
  expect(green).toBeGreaterThan(60);
});
