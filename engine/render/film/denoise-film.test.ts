import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, draw, rawImage, SQUARE, sphere } from '#test/render/scenes.ts';
import type { RenderedImage } from '../rendered-image.ts';

const SIZE = 64;

/** A ball before a wall with a fine chequered texture. */
function model(): Document {
  const document = new Document();
  const texture = document
    .createTexture()
    .setImage(rawImage(32, 32, (x, y) => ((x ^ y) & 1 ? [230, 60, 40, 255] : [40, 60, 230, 255])))
    .setMimeType('image/x-raw');
  addMesh(document, SQUARE, document.createMaterial().setBaseColorTexture(texture).setMetallicFactor(0));
  addMesh(
    document,
    sphere(),
    document.createMaterial().setBaseColorFactor([0.8, 0.8, 0.8, 1]).setMetallicFactor(0).setRoughnessFactor(0.6),
    [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0.6, 1],
  );
  return document;
}

const path = (fields: Partial<ImageRequest>) =>
  draw(model(), { integrator: 'path', noiseThreshold: 0, width: SIZE, height: SIZE, format: 'exr', ...fields });

function light(image: RenderedImage): Float32Array {
  const pass = image.passes[0];
  if (pass?.kind !== 'floats') throw new Error('no light');
  return pass.data;
}

/** Mean squared error of colours relative to the squared light of `reference`. */
function errorOf(image: RenderedImage, reference: RenderedImage): number {
  const [a, b] = [light(image), light(reference)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i]! - b[i]!) ** 2 / (b[i]! ** 2 + 0.01);
  return sum / ((a.length / 4) * 3);
}

test('both denoisers come nearer to the noiseless picture, and keep texture and alpha', async () => {
  const reference = await path({ samples: 200, denoise: 'off', seed: 9 });
  const noisy = await path({ samples: 6, denoise: 'off' });
  const before = errorOf(noisy, reference);
  for (const denoise of ['fast', 'high'] as const) {
    const clean = await path({ samples: 6, denoise });
    expect(errorOf(clean, reference), denoise).toBeLessThan(before / 2);
    const [a, b, r] = [light(clean), light(noisy), light(reference)];
    let contrast = 0;
    let expected = 0;
    for (let i = 0; i < a.length; i += 4) {
      // All is opaque: what is covered is not the denoiser's business.
      expect(a[i + 3]).toBe(b[i + 3]);
      const x = (i / 4) % SIZE;
      if (x < 6 || x > 13) continue;
      contrast += Math.abs(a[i]! - a[i + 4]!);
      expected += Math.abs(r[i]! - r[i + 4]!);
    }
    expect(contrast / expected).toBeGreaterThan(0.85);
    expect(contrast / expected).toBeLessThan(1.1);
  }
});

test('the shadow on the ground is denoised where it is nothing but alpha', async () => {
  const ground = { ground: 'shadow', view: { azimuth: 30, elevation: 40 } } as const;
  const reference = light(await path({ ...ground, samples: 200, denoise: 'off', seed: 5 }));
  const error = async (denoise: ImageRequest['denoise']) => {
    const data = light(await path({ ...ground, samples: 8, denoise }));
    let sum = 0;
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (reference[i]! + reference[i + 1]! + reference[i + 2]! > 0 || reference[i + 3]! < 0.02) continue;
      sum += (data[i + 3]! - reference[i + 3]!) ** 2;
      count++;
    }
    expect(count).toBeGreaterThan(100);
    return sum / count;
  };
  const noisy = await error('off');
  expect(await error('fast')).toBeLessThan(noisy / 2);
  expect(await error('high')).toBeLessThan(noisy / 2);
});

test('surfaces that let little through are even, also where by chance all samples of a pixel ended at one', async () => {
  const document = new Document();
  const smoked = document
    .createMaterial()
    .setBaseColorFactor([0.02, 0.02, 0.02, 0.82])
    .setMetallicFactor(0)
    .setAlphaMode('BLEND');
  for (const z of [0, 0.3]) addMesh(document, SQUARE, smoked, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, z, 1]);
  const through = 0.18 ** 2;
  for (const denoise of ['off', 'fast', 'high'] as const) {
    const image = await draw(document, {
      integrator: 'path',
      noiseThreshold: 0,
      samples: 24,
      width: SIZE,
      height: SIZE,
      format: 'exr',
      denoise,
    });
    const data = light(image);
    const inner = Array.from({ length: 32 * 32 }, (_, i) => data[((16 + (i >> 5)) * SIZE + 16 + (i & 31)) * 4 + 3]!);
    const error = inner.reduce((sum, alpha) => sum + Math.abs(1 - through - alpha), 0) / inner.length;
    const whole = inner.filter((alpha) => alpha === 1).length / inner.length;
    if (denoise === 'off') expect([error > 0.02, whole > 0.3]).toEqual([true, true]);
    else expect([denoise, error < 0.01, whole]).toEqual([denoise, true, 0]);
  }
});

test('light without noise stays as it is', async () => {
  const document = new Document();
  const glow = document.createMaterial().setEmissiveFactor([0.5, 0.25, 1]).setBaseColorFactor([0, 0, 0, 1]);
  addMesh(document, SQUARE, glow.setRoughnessFactor(1));
  const request = { integrator: 'path', samples: 4, toneMapping: 'none', environmentIntensity: 0 } as const;
  const plain = await draw(document, { ...request, denoise: 'off' });
  for (const denoise of ['fast', 'high'] as const) {
    const image = await draw(document, { ...request, denoise });
    expect(plain.data[(32 * 64 + 32) * 4 + 3]).toBe(255);
    for (let i = 0; i < plain.data.length; i++) {
      const whole = plain.data[i | 3] === 255;
      if (whole) expect(Math.abs(image.data[i]! - plain.data[i]!)).toBeLessThan(2);
    }
  }
});
