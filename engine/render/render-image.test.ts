import { Document } from '@gltf-transform/core';
import { KHRMaterialsClearcoat, KHRMaterialsTransmission, KHRMaterialsUnlit } from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import { NamedView } from '#contracts/render/image-request.ts';
import {
  addMesh,
  coveredBox,
  difference,
  draw,
  lopsidedModel,
  pixel,
  rawImage,
  SQUARE,
  sphere,
  testHost,
  uniformEnvironment,
} from '#test/render/scenes.ts';

describe('energy', () => {
  /** PBR Neutral below its shoulder takes off 0.04, and sRGB encodes. */
  const expected = Math.round((1.055 * (0.5 - 0.04) ** (1 / 2.4) - 0.055) * 255);

  test.each([
    ['rough dielectric', 0, 1],
    ['glossy dielectric', 0, 0.2],
    ['rough metal', 1, 1],
    ['half-rough metal', 1, 0.5],
    ['mirror', 1, 0],
  ])('a white %s in uniform light cannot be told from it', async (_, metallic, roughness) => {
    const document = new Document();
    addMesh(document, sphere(), document.createMaterial().setMetallicFactor(metallic).setRoughnessFactor(roughness));
    const image = await draw(document, { exposure: -1 }, testHost(uniformEnvironment(1)));
    for (let i = 0; i < image.data.length; i += 4) {
      if (image.data[i + 3] !== 255) continue;
      for (let c = 0; c < 3; c++) expect(Math.abs(image.data[i + c]! - expected)).toBeLessThanOrEqual(3);
    }
    expect(pixel(image, 32, 32)[3]).toBe(255);
  });

  test('a coat takes no more light than it gives', async () => {
    const document = new Document();
    const coat = document.createExtension(KHRMaterialsClearcoat).createClearcoat().setClearcoatFactor(1);
    addMesh(
      document,
      sphere(),
      document.createMaterial().setMetallicFactor(0).setExtension('KHR_materials_clearcoat', coat),
    );
    const image = await draw(document, { exposure: -1 }, testHost(uniformEnvironment(1)));
    expect(pixel(image, 32, 32)[3]).toBe(255);
    for (let i = 0; i < image.data.length; i += 4) {
      if (image.data[i + 3] !== 255) continue;
      expect(image.data[i]!).toBeGreaterThan(expected - 30);
      expect(image.data[i]!).toBeLessThanOrEqual(expected + 2);
    }
  });
});

test('a pixel takes no more samples than threads have memory for', async () => {
  const [all, more] = [await draw(lopsidedModel(), { samples: 64 }), await draw(lopsidedModel(), { samples: 250 })];
  expect(all.data.some((value) => value > 100)).toBe(true);
  expect(more.data).toEqual(all.data);
});

describe('framing', () => {
  test.each(NamedView.options)('view %s: everything inside of the margins, and touching them', async (view) => {
    const image = await draw(lopsidedModel(), { view, width: 160, height: 120, margin: 0.1 });
    const [left, right, top, bottom] = coveredBox(image);
    const free = [left / 160, (159 - right) / 160, top / 120, (119 - bottom) / 120];
    expect(Math.min(...free)).toBeGreaterThan(0.1 - 1.5 / 120);
    const tight = Math.min(Math.max(free[0]!, free[1]!), Math.max(free[2]!, free[3]!));
    expect(tight).toBeLessThan(0.1 + 2.5 / 120);
  });

  test.each([1e-6, 1e6])('the unit of length does not matter (%d)', async (scale) => {
    const scaled = new Document();
    const { positions, normals, indices } = sphere();
    const material = scaled.createMaterial().setMetallicFactor(0);
    addMesh(scaled, { positions: positions.map((p) => p * scale), normals, indices }, material);
    const plain = new Document();
    addMesh(plain, { positions, normals, indices }, plain.createMaterial().setMetallicFactor(0));
    const image = await draw(scaled);
    expect(pixel(image, 32, 32)[3]).toBe(255);
    const { mean } = difference(image, await draw(plain));
    expect(mean).toBeLessThan(0.2);
  });
});

describe('alpha', () => {
  test('background colours arrive exactly, transparent is zero', async () => {
    const coloured = await draw(lopsidedModel(), { background: '#12ab9f' });
    expect(pixel(coloured, 0, 0)).toEqual([0x12, 0xab, 0x9f, 255]);
    const clear = await draw(lopsidedModel());
    expect(pixel(clear, 0, 0)).toEqual([0, 0, 0, 0]);
  });

  test('edges carry the colour of the surface, not of the background', async () => {
    const document = new Document();
    const unlit = document.createExtension(KHRMaterialsUnlit).createUnlit();
    addMesh(
      document,
      sphere(),
      document.createMaterial().setBaseColorFactor([1, 0.5, 0.25, 1]).setExtension('KHR_materials_unlit', unlit),
    );
    const image = await draw(document);
    let edges = 0;
    for (let i = 0; i < image.data.length; i += 4) {
      const a = image.data[i + 3]!;
      if (a === 0) continue;
      if (a < 255) edges++;
      expect([...image.data.subarray(i, i + 3)]).toEqual([255, 188, 137]);
    }
    expect(edges).toBeGreaterThan(40);
  });

  test('BLEND lets through what its alpha says, in order of depth', async () => {
    const document = new Document();
    const unlit = document.createExtension(KHRMaterialsUnlit).createUnlit();
    const glass = (color: [number, number, number, number]) =>
      document
        .createMaterial()
        .setAlphaMode('BLEND')
        .setBaseColorFactor(color)
        .setExtension('KHR_materials_unlit', unlit);
    // The nearer one comes first in the file, so order of drawing would get it wrong.
    addMesh(document, SQUARE, glass([1, 0, 0, 0.5]), [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0.1, 1]);
    addMesh(document, SQUARE, glass([0, 0, 1, 1]));
    const [r, g, b, a] = pixel(await draw(document), 32, 32);
    expect([r, g, b, a]).toEqual([188, 0, 188, 255]);
    const alone = new Document();
    const alpha = alone.createMaterial().setAlphaMode('BLEND').setBaseColorFactor([1, 0, 0, 0.5]);
    addMesh(
      alone,
      SQUARE,
      alpha.setExtension('KHR_materials_unlit', alone.createExtension(KHRMaterialsUnlit).createUnlit()),
    );
    expect(pixel(await draw(alone), 32, 32)).toEqual([255, 0, 0, 128]);
  });

  test('layers of clear glass cost rays for what is seen of them', async () => {
    const layers = (count: number, roughness: number) => {
      const document = new Document();
      const extension = document.createExtension(KHRMaterialsTransmission).createTransmission();
      const glass = document.createMaterial().setMetallicFactor(0).setRoughnessFactor(roughness);
      glass.setExtension('KHR_materials_transmission', extension.setTransmissionFactor(1));
      for (let i = 0; i < count; i++)
        addMesh(document, SQUARE, glass, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, i / 20, 1]);
      return document;
    };
    const clear = await draw(layers(12, 0), { view: 'front' });
    expect(pixel(clear, 32, 32)[3]).toBeGreaterThan(50);
    expect(pixel(clear, 32, 32)[3]).toBeLessThan(250);
    // Three rays a pixel at most go through all twelve; no layer has matt light that could be blocked.
    expect(clear.stats.rays).toBeLessThan(64 * 64 * 12 * 3.5);
    // Frosted, each sample is scattered at the first of them.
    const frosted = await draw(layers(12, 0.1), { view: 'front' });
    expect(frosted.stats.rays).toBeLessThan(64 * 64 * 12 * 20);
  });

  test('MASK cuts holes at its cutoff', async () => {
    const document = new Document();
    const image = rawImage(8, 8, (x) => [255, 255, 255, x < 4 ? 100 : 200]);
    const texture = document.createTexture().setImage(image).setMimeType('image/x-raw');
    addMesh(
      document,
      SQUARE,
      document.createMaterial().setAlphaMode('MASK').setAlphaCutoff(0.6).setBaseColorTexture(texture),
    );
    const result = await draw(document);
    expect(pixel(result, 16, 32)[3]).toBe(0);
    expect(pixel(result, 48, 32)[3]).toBe(255);
  });

  test('single-sided surfaces cannot be seen from behind, double-sided ones can', async () => {
    for (const [doubleSided, covered] of [
      [false, false],
      [true, true],
    ] as const) {
      const document = new Document();
      addMesh(document, SQUARE, document.createMaterial().setDoubleSided(doubleSided));
      addMesh(document, SQUARE, null, [0.2, 0, 0, 0, 0, 0.2, 0, 0, 0, 0, -0.2, 0, 0.8, 0, -0.5, 1]);
      expect(pixel(await draw(document, { view: 'back' }), 40, 32)[3]).toBe(covered ? 255 : 0);
    }
  });
});

describe('environment', () => {
  test('turning the light and the camera together changes nothing on a round model', async () => {
    const document = () => {
      const d = new Document();
      addMesh(d, sphere(180, 60), d.createMaterial().setRoughnessFactor(0.4));
      return d;
    };
    const still = await draw(document(), { view: { azimuth: 0, elevation: 10 } });
    const turned = await draw(document(), { view: { azimuth: 72, elevation: 10 }, environmentRotation: 72 });
    const lightOnly = await draw(document(), { view: { azimuth: 0, elevation: 10 }, environmentRotation: 72 });
    expect(difference(still, turned).mean).toBeLessThan(0.6);
    expect(difference(still, lightOnly).mean).toBeGreaterThan(3);
  });
});

describe('ground', () => {
  /** A ball just above the ground. */
  const ball = () => {
    const document = new Document();
    addMesh(document, sphere(), document.createMaterial().setMetallicFactor(0));
    return document;
  };
  const above = { view: { azimuth: 0, elevation: 35 }, width: 96, height: 96 } as const;

  test('a shadow lies under the model, fades out, and is black', async () => {
    const plain = await draw(ball(), above);
    const image = await draw(ball(), { ...above, ground: 'shadow' });
    const alphas = (from: number, row: number) =>
      Array.from({ length: 40 }, (_, i) => pixel(image, from + i, row)).filter(([r, g, b]) => r! + g! + b! === 0);
    // Below the ball the shadow is dark; further out it becomes nothing.
    const column = Array.from({ length: 96 }, (_, y) => pixel(image, 48, y));
    const shadow = column.filter(([r, g, b, a]) => r === 0 && g === 0 && b === 0 && a! > 0).map(([, , , a]) => a!);
    expect(Math.max(...shadow)).toBeGreaterThan(60);
    expect(shadow.at(-1)!).toBeLessThan(Math.max(...shadow) / 2);
    expect(alphas(0, 2).every(([, , , a]) => a === 0)).toBe(true);
    // It is in the picture in full: nothing is cut off at its sides.
    for (let y = 0; y < 96; y++) for (const x of [0, 95]) expect(pixel(image, x, y)[3]).toBeLessThan(12);
    expect(plain.data.some((value, i) => i % 4 === 3 && value > 0 && value < 255)).toBe(true);
    expect(pixel(plain, 48, 95)[3]).toBe(0);
  });

  test('over a colour it darkens that colour, evenly', async () => {
    const image = await draw(ball(), { ...above, ground: 'shadow', background: '#ffffff' });
    const column = Array.from({ length: 96 }, (_, y) => pixel(image, 48, y)).slice(-28);
    const grey = column.filter(([r, g, b]) => r === g && g === b);
    expect(grey.length).toBeGreaterThan(15);
    const all = grey.map(([r]) => r!);
    const shades = all.slice(all.indexOf(Math.min(...all)));
    expect(shades[0]!).toBeLessThan(210);
    expect(shades.at(-1)!).toBeGreaterThan(225);
    expect(shades.length).toBeGreaterThan(12);
    // Brighter and brighter away from the ball, without grain.
    for (let i = 1; i < shades.length; i++) expect(shades[i]! - shades[i - 1]!).toBeGreaterThan(-4);
  });

  test('from below there is no ground', async () => {
    const view = { azimuth: 0, elevation: -30 };
    const image = await draw(ball(), { view, ground: 'shadow' });
    for (let i = 0; i < image.data.length; i += 4) {
      // Black that covers a little is what a shadow would be.
      if (image.data[i + 3]! > 8) expect(image.data[i]! + image.data[i + 1]! + image.data[i + 2]!).toBeGreaterThan(0);
    }
    expect(pixel(image, 32, 32)[3]).toBe(255);
  });
});
