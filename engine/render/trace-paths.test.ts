import { createHash } from 'node:crypto';
import { Document } from '@gltf-transform/core';
import {
  KHRLightsPunctual,
  KHRMaterialsClearcoat,
  KHRMaterialsEmissiveStrength,
  KHRMaterialsSheen,
} from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { imageProblems, samplesOf } from '#contracts/render/image-rules.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { glass } from '#test/render/glass.ts';
import {
  addMesh,
  byte,
  difference,
  draw,
  pixel,
  SQUARE,
  sphere,
  testHost,
  uniformEnvironment,
} from '#test/render/scenes.ts';
import { renderImage } from './render-image.ts';
import { passSize } from './trace-paths.ts';

const PATH = { integrator: 'path', samples: 32, noiseThreshold: 0, toneMapping: 'none' } as const;

/** Green values of all pixels that are fully covered. */
function covered({ data }: { data: Uint8Array }): number[] {
  const values: number[] = [];
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) values.push(data[i + 1]!);
  return values;
}

/** Green values of the pixels that a ball alone in the picture covers whatever its alpha, its outline left out. */
function withinBall(image: { data: Uint8Array; width: number; height: number }): number[] {
  const values: number[] = [];
  const [cx, cy] = [image.width / 2, image.height / 2];
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      if (Math.hypot(x + 0.5 - cx, y + 0.5 - cy) < cx * 0.85) values.push(image.data[(y * image.width + x) * 4 + 1]!);
    }
  }
  return values;
}

describe('white furnace', () => {
  const white = (document: Document) => document.createMaterial().setMetallicFactor(0).setRoughnessFactor(0.6);
  const materials: [name: string, make: (document: Document) => ReturnType<typeof white>][] = [
    ['matt', (d) => white(d).setRoughnessFactor(1)],
    ['glossy', (d) => white(d).setRoughnessFactor(0.2)],
    ['mirror', (d) => white(d).setMetallicFactor(1).setRoughnessFactor(0)],
    ['rough metal', (d) => white(d).setMetallicFactor(1).setRoughnessFactor(1)],
    [
      'coated',
      (d) =>
        white(d).setExtension(
          'KHR_materials_clearcoat',
          d.createExtension(KHRMaterialsClearcoat).createClearcoat().setClearcoatFactor(1),
        ),
    ],
    [
      'fabric',
      (d) =>
        white(d).setExtension(
          'KHR_materials_sheen',
          d
            .createExtension(KHRMaterialsSheen)
            .createSheen()
            .setSheenColorFactor([1, 1, 1])
            .setSheenRoughnessFactor(0.6),
        ),
    ],
  ];

  test.each(materials)('%s: cannot be told from the light around it', async (_, make) => {
    const document = new Document();
    addMesh(document, sphere(), make(document));
    const values = covered(
      await draw(document, { ...PATH, exposure: -1, bounces: 16 }, testHost(uniformEnvironment(1))),
    );
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(values.length).toBeGreaterThan(1500);
    expect(Math.abs(mean - byte(0.5))).toBeLessThan(2);
    expect(Math.max(...values)).toBeLessThan(byte(0.5) + 12);
  });

  /** Of thickness 1. */
  const VOLUME = () => {};
  // The background is 0.5 in linear light, as the environment is after exposure.
  const even = { ...PATH, exposure: -1, bounces: 32, background: '#bcbcbc' };

  test('rough glass cannot be told either', async () => {
    const document = new Document();
    addMesh(document, sphere(), glass(document, 0.6, VOLUME));
    const values = withinBall(await draw(document, even, testHost(uniformEnvironment(1))));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean - 0xbc)).toBeLessThan(4);
    expect(Math.max(...values)).toBeLessThan(0xbc + 20);
  });

  test('glass before a coloured background lets all of it through, and mirrors the rest', async () => {
    const document = new Document();
    addMesh(document, sphere(), glass(document, 0, VOLUME));
    const values = withinBall(await draw(document, even, testHost(uniformEnvironment(1))));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean - 0xbc)).toBeLessThan(1.5);
    expect(Math.min(...values)).toBeGreaterThan(0xbc - 25);
  });
});

describe('light', () => {
  test('between surfaces: a red wall reddens the floor beside it', async () => {
    const scene = (wall: [number, number, number, number]) => {
      const document = new Document();
      const matt = () => document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1).setDoubleSided(true);
      addMesh(document, SQUARE, matt(), [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 1]);
      addMesh(document, SQUARE, matt().setBaseColorFactor(wall), [0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, 0, -1, 0, 0, 1]);
      return draw(document, { ...PATH, view: { azimuth: 35, elevation: 40 } }, testHost(uniformEnvironment(0.4)));
    };
    const [red, white] = [await scene([0.9, 0.05, 0.05, 1]), await scene([0.9, 0.9, 0.9, 1])];
    const at = [34, 44] as const;
    const [r, g] = pixel(red, ...at);
    const [wr, wg] = pixel(white, ...at);
    expect(Math.abs(wr! - wg!)).toBeLessThan(4);
    expect(r! - g!).toBeGreaterThan(8);
  });

  test('bounces 0 is direct light alone', async () => {
    const document = new Document();
    const matt = document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1).setDoubleSided(true);
    addMesh(document, SQUARE, matt, [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 1]);
    addMesh(document, SQUARE, matt, [0, 0, 1, 0, 0, 1, 0, 0, -1, 0, 0, 0, -1, 0, 0, 1]);
    const light = async (bounces: number) => {
      const values = covered(
        await draw(document, { ...PATH, bounces, view: 'isometric' }, testHost(uniformEnvironment(0.4))),
      );
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    const [none, one, many] = [await light(0), await light(1), await light(8)];
    expect(one).toBeGreaterThan(none + 4);
    expect(many).toBeGreaterThan(one);
  });

  test('a point light: candela over metres squared, by the cosine', async () => {
    const document = new Document();
    addMesh(document, SQUARE, document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1));
    const lamp = document.createExtension(KHRLightsPunctual).createLight().setType('point').setIntensity(4);
    document
      .getRoot()
      .listScenes()[0]!
      .addChild(document.createNode().setTranslation([0, 0, 2]).setExtension('KHR_lights_punctual', lamp));
    const image = await draw(document, { ...PATH, margin: 0 }, testHost(uniformEnvironment(0)));
    // Irradiance 4 / 2² = 1 lux at the middle; what the interface mirrors comes from the light too.
    const [middle] = pixel(image, 32, 32);
    expect(middle!).toBeGreaterThan(byte((0.93 * 1) / Math.PI));
    expect(middle!).toBeLessThan(byte((1.15 * 1) / Math.PI));
  });

  test('a shining square lights another as the form factor says', async () => {
    const document = new Document();
    const lamp = document
      .createMaterial()
      .setEmissiveFactor([1, 1, 1])
      .setBaseColorFactor([0, 0, 0, 1])
      .setMetallicFactor(0)
      .setExtension(
        'KHR_materials_emissive_strength',
        document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength().setEmissiveStrength(3),
      );
    // The lamp faces down on the floor; the camera looks at the floor from above, through the lamp's back.
    addMesh(
      document,
      SQUARE,
      document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1),
      [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, -1, 0, 1],
    );
    addMesh(document, SQUARE, lamp, [0.25, 0, 0, 0, 0, 0, 0.25, 0, 0, -0.25, 0, 0, 0, 1, 0, 1]);
    const image = await draw(document, { ...PATH, samples: 64, view: 'top' }, testHost(uniformEnvironment(0)));
    // Floor right below the middle: E = L · 4 · F of a quarter of the lamp (0.25 × 0.25 at distance 2).
    const [a, b] = [0.125, 0.125];
    const quarter = (x: number, y: number) =>
      (1 / (2 * Math.PI)) *
      ((x / Math.sqrt(1 + x * x)) * Math.atan(y / Math.sqrt(1 + x * x)) +
        (y / Math.sqrt(1 + y * y)) * Math.atan(x / Math.sqrt(1 + y * y)));
    const expected = 3 * 4 * quarter(a, b);
    const [middle] = pixel(image, 32, 32);
    expect(middle!).toBeGreaterThan(byte(expected * 0.9));
    expect(middle!).toBeLessThan(byte(expected * 1.2));
  });
});

describe('request', () => {
  test('each integrator has its own default of samples, and preview its own limit', () => {
    expect(samplesOf(ImageRequest.parse({}))).toBe(8);
    expect(samplesOf(ImageRequest.parse({ integrator: 'path' }))).toBe(128);
    expect(imageProblems(ImageRequest.parse({ integrator: 'path', samples: 4096 }))).toEqual([]);
    const [refused] = imageProblems(ImageRequest.parse({ samples: 65 }));
    expect(refused).toMatchObject({ pointer: '/samples', message: expect.stringMatching(/at most 64/) });
  });

  test('passes add up to the samples', () => {
    for (const samples of [1, 3, 17, 128, 1000]) {
      let taken = 0;
      while (taken < samples) taken += passSize(taken, samples);
      expect(taken).toBe(samples);
    }
  });
});

describe('passes', () => {
  const model = () => {
    const document = new Document();
    addMesh(document, sphere(), document.createMaterial().setMetallicFactor(1).setRoughnessFactor(0.4));
    addMesh(
      document,
      SQUARE,
      document.createMaterial().setMetallicFactor(0),
      [2, 0, 0, 0, 0, 0, -2, 0, 0, 2, 0, 0, 0, -1, 0, 1],
    );
    return document;
  };

  test('the same bytes with 1, 2 and 4 threads; other noise with another seed', async () => {
    const request = ImageRequest.parse({
      width: 120,
      height: 90,
      integrator: 'path',
      samples: 48,
      noiseThreshold: 0.1,
    });
    const digests = [];
    for (const threads of [1, 2, 4]) {
      const host = createNodeRenderHost({ threads });
      try {
        const { data } = await renderImage(model(), request, host);
        digests.push(createHash('sha256').update(data).digest('hex'));
      } finally {
        await host.close();
      }
    }
    expect(new Set(digests).size).toBe(1);
    const other = await renderImage(model(), { ...request, seed: 1 }, testHost());
    expect(createHash('sha256').update(other.data).digest('hex')).not.toBe(digests[0]);
  });

  test('more samples come nearer to the truth, and a threshold saves rays', async () => {
    const shot = (samples: number, noiseThreshold = 0, seed = 0) =>
      draw(model(), { integrator: 'path', samples, noiseThreshold, seed, view: 'three-quarter' });
    const truth = await shot(1024, 0, 7);
    const errors = [difference(await shot(4), truth).mean, difference(await shot(64), truth).mean];
    expect(errors[1]!).toBeLessThan(errors[0]! / 2);
    const [all, some] = [await shot(256), await shot(256, 0.05)];
    expect(some.stats.rays).toBeLessThan(all.stats.rays * 0.7);
    expect(difference(some, truth).mean).toBeLessThan(2 * difference(all, truth).mean + 1);
  });

  test('pictures on the way come nearer to the final one', async () => {
    const pictures: { samples: number; data: Uint8Array }[] = [];
    const final = await draw(model(), { integrator: 'path', samples: 64, noiseThreshold: 0 }, testHost(), {
      onPicture: async ({ samples, develop }) => void pictures.push({ samples, data: await develop() }),
    });
    expect(pictures.map(({ samples }) => samples)).toEqual([4, 12, 16, 32]);
    const away = pictures.map(({ data }) => difference({ ...final, data }, final).mean);
    expect(away.at(-1)!).toBeLessThan(away[0]! * 0.6);
  });

  test('progress rises to 1, and a render stops within a second of being canceled', async () => {
    const shares: number[] = [];
    await draw(model(), { integrator: 'path', samples: 40 }, testHost(), { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(shares.length).toBeGreaterThan(4);

    const host = createNodeRenderHost({ threads: 2 });
    try {
      const abort = new AbortController();
      let stopped = 0;
      const render = renderImage(
        model(),
        ImageRequest.parse({ width: 1600, height: 1200, integrator: 'path', samples: 4096 }),
        host,
        { signal: abort.signal },
      );
      setTimeout(() => {
        stopped = performance.now();
        abort.abort();
      }, 1500);
      await expect(render).rejects.toMatchObject({ code: 'canceled' });
      expect(performance.now() - stopped).toBeLessThan(1000);
    } finally {
      await host.close();
    }
  });
});
