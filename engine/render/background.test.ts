import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { type Light, radianceFile } from '#test/render/panoramas.ts';
import { addMesh, draw, pixel, sphere, testHost } from '#test/render/scenes.ts';

function ball(): Document {
  const document = new Document();
  addMesh(document, sphere(), document.createMaterial().setBaseColorFactor([0.02, 0.02, 0.02, 1]));
  return document;
}

/** A wall behind the model (−Z), red on the left of a camera that looks at its front, green on the right. */
const wall: Light = ([x, , z]) => (z > -0.2 ? [0, 0, 0] : x < 0 ? [0.4, 0, 0] : [0, 0.4, 0]);

test.each([
  ['preview', 'png'],
  ['path', 'png'],
  ['preview', 'exr'],
] as const)('the environment is seen behind the model (%s, %s)', async (integrator, format) => {
  const request = { background: 'environment', integrator, format, samples: 4, fieldOfView: 60, margin: 0.2 } as const;
  const image = await draw(ball(), request, testHost(radianceFile(512, wall)));
  const beauty = image.passes.find((pass) => pass.name === 'beauty');
  const linear = beauty?.kind === 'floats' ? beauty.data : undefined;
  const at = (x: number, y: number): number[] =>
    format === 'exr' && linear ? [...linear.subarray((y * 64 + x) * 4, (y * 64 + x) * 4 + 4)] : pixel(image, x, y);
  const [left, right] = [at(4, 32), at(60, 32)];
  const white = format === 'exr' ? 1 : 255;
  expect(left[3]).toBe(white);
  expect(left[0]! / white).toBeGreaterThan(0.3);
  expect(left[1]! / white).toBeLessThan(0.1);
  expect(right[1]! / white).toBeGreaterThan(0.3);
  expect(right[0]! / white).toBeLessThan(0.1);
});

test('turned half round, the wall is before the model and not behind it', async () => {
  const request = { background: 'environment', environmentRotation: 180, margin: 0.2 } as const;
  const image = await draw(ball(), request, testHost(radianceFile(256, wall)));
  for (const x of [2, 61]) {
    const [r, g, b, alpha] = pixel(image, x, 32);
    expect(Math.max(r!, g!, b!)).toBeLessThan(20);
    expect(alpha).toBe(255);
  }
});

test('blur takes away edges, intensity scales, exposure and tone curve apply', async () => {
  const host = testHost(radianceFile(256, wall));
  const request = { background: 'environment', margin: 0.3 } as const;
  const steps = async (more: object) => {
    const image = await draw(ball(), { ...request, ...more }, host);
    const row = Array.from({ length: 64 }, (_, x) => pixel(image, x, 2)[0]!);
    return { most: Math.max(...row.map((v, i) => Math.abs(v - (row[i + 1] ?? v)))), peak: Math.max(...row) };
  };
  const sharp = await steps({});
  expect(sharp.most).toBeGreaterThan(30);
  expect((await steps({ environmentBlur: 0.5 })).most).toBeLessThan(sharp.most / 4);
  expect((await steps({ environmentIntensity: 2 })).peak).toBe((await steps({ exposure: 1 })).peak);
  expect((await steps({ environmentIntensity: 2 })).peak).toBeGreaterThan(sharp.peak + 20);
});
