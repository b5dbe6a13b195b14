import { Document } from '@gltf-transform/core';
import { KHRMaterialsIOR, KHRMaterialsUnlit, type Volume } from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { glass } from '#test/render/glass.ts';
import { addMesh, byte, draw, pixel, SQUARE, sphere, testHost, uniformEnvironment } from '#test/render/scenes.ts';

const PATH = { integrator: 'path', samples: 32, noiseThreshold: 0, toneMapping: 'none' } as const;

describe('glass', () => {
  /** A grey ball, alone or within a shell of glass, whose inside is a second surface turned inwards. */
  const ball = (shell: boolean) => {
    const document = new Document();
    addMesh(
      document,
      sphere(),
      document.createMaterial().setMetallicFactor(0).setRoughnessFactor(1).setBaseColorFactor([0.5, 0.5, 0.5, 1]),
      [0.8, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 1],
    );
    const wall = glass(document, 0, (volume) => volume.setThicknessFactor(0.02));
    const { positions, normals, indices } = sphere();
    const inwards = {
      positions: positions.map((x) => x * 0.98),
      normals: normals!.map((x) => -x),
      indices: indices!.map((_, i) => indices![i - (i % 3) + ((3 - (i % 3)) % 3)]!),
    };
    if (shell) {
      addMesh(document, { positions, normals: normals!, indices: indices! }, wall);
      addMesh(document, inwards, wall);
    }
    return document;
  };

  test('walls of even thickness let light in without noise, and take little of it', async () => {
    const values = async (shell: boolean, environment: Uint8Array | undefined, samples: number) => {
      const image = await draw(
        ball(shell),
        { ...PATH, samples, bounces: 16, background: '#000000', margin: 0.1 },
        testHost(environment),
      );
      const middle: number[] = [];
      for (let y = 24; y < 40; y++) for (let x = 24; x < 40; x++) middle.push(pixel(image, x, y)[1]!);
      return middle;
    };
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const even = uniformEnvironment(0.7);
    const [bare, within] = [mean(await values(false, even, 32)), mean(await values(true, even, 32))];
    // Two walls, four surfaces: what they mirror away on the way in comes back from elsewhere in even light.
    expect(within).toBeGreaterThan(bare * 0.93);
    expect(within).toBeLessThan(bare * 1.04);
    const lit = await values(true, undefined, 32);
    const rough = Math.sqrt(mean(lit.map((v, i) => (i % 16 ? (v - lit[i - 1]!) ** 2 : 0))));
    expect(rough).toBeLessThan(9);
  });

  test('a thin sheet within a volume changes nothing of what the volume takes', async () => {
    const amber = async (sheet: boolean) => {
      const document = new Document();
      // Of the index of air: nothing is bent or mirrored.
      const air = document.createExtension(KHRMaterialsIOR).createIOR().setIOR(1);
      const clear = (fill?: (volume: Volume) => unknown) =>
        glass(document, 0, fill).setDoubleSided(true).setExtension('KHR_materials_ior', air);
      const grey = clear((volume) =>
        volume.setThicknessFactor(2).setAttenuationColor([0.7, 0.7, 0.7]).setAttenuationDistance(1),
      );
      addMesh(document, sphere(), grey);
      if (sheet) addMesh(document, SQUARE, clear(), [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1]);
      return pixel(await draw(document, { ...PATH, background: '#ffffff' }, testHost(uniformEnvironment(0))), 32, 32);
    };
    const [bare, within] = [(await amber(false))[1]!, (await amber(true))[1]!];
    // Two units of way: the square of the colour.
    expect(Math.abs(bare - byte(0.49))).toBeLessThan(4);
    expect(Math.abs(within - bare)).toBeLessThan(3);
  });
});

describe('tinted glass', () => {
  /** A sheet that lets 0.1, 0.7 and 0.3 of red, green and blue through, before what `fields` say. */
  const sheet = (fields: Partial<ImageRequest>) => {
    const document = new Document();
    const air = document.createExtension(KHRMaterialsIOR).createIOR().setIOR(1);
    const tinted = glass(document, 0).setBaseColorFactor([0.1, 0.7, 0.3, 1]).setExtension('KHR_materials_ior', air);
    addMesh(document, SQUARE, tinted);
    return draw(document, { ...PATH, samples: 16, ...fields }, testHost(uniformEnvironment(0)));
  };

  test.each([
    ['white', '#ffffff', [0.1, 0.7, 0.3]],
    ['grey', '#bcbcbc', [0.05, 0.35, 0.15]],
    ['red', '#ff0000', [0.1, 0, 0]],
  ] as const)('shows %s in its colour, denoised or not, whatever the exposure', async (_, background, light) => {
    for (const fields of [{ denoise: 'off' }, { denoise: 'fast' }, { denoise: 'high' }, { exposure: 2 }] as const) {
      const seen = pixel(await sheet({ background, ...fields }), 32, 32);
      for (let c = 0; c < 3; c++) expect(Math.abs(seen[c]! - byte(light[c]!)), JSON.stringify(fields)).toBeLessThan(3);
    }
  });

  test('over a transparent background has the tint that it has before white', async () => {
    const [r, g, b, a] = pixel(await sheet({}), 32, 32);
    const share = a! / 255;
    const linear = (x: number) => (x <= 0.04045 * 255 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4);
    const beforeWhite = [r!, g!, b!].map((x) => linear(x) * share + 1 - share);
    for (const [c, light] of [0.1, 0.7, 0.3].entries()) expect(beforeWhite[c]).toBeCloseTo(light, 1.7);
    const [pass] = (await sheet({ format: 'exr' })).passes;
    if (pass?.kind !== 'floats') throw new Error('no light');
    const at = (32 * 64 + 32) * 4;
    for (const [c, light] of [0.1, 0.7, 0.3].entries()) {
      expect(pass.data[at + c]! + 1 - pass.data[at + 3]!).toBeCloseTo(light, 2);
    }
  });
});

describe('alpha', () => {
  test('BLEND covers as much as its alpha says', async () => {
    const document = new Document();
    const veil = document
      .createMaterial()
      .setAlphaMode('BLEND')
      .setBaseColorFactor([1, 1, 1, 0.25])
      .setExtension('KHR_materials_unlit', document.createExtension(KHRMaterialsUnlit).createUnlit());
    addMesh(document, SQUARE, veil);
    const image = await draw(document, { ...PATH, samples: 32 });
    // Whether a path meets the veil is spread evenly over its samples: 8 of 32 in every pixel.
    for (let x = 12; x < 52; x++) expect(Math.abs(pixel(image, x, 32)[3]! - 64)).toBeLessThanOrEqual(1);
    expect(pixel(image, 0, 0)[3]).toBe(0);
  });

  test('what is unlit keeps its colour, whatever the exposure', async () => {
    for (const color of [
      [0.02, 0.3, 0.7],
      [0.9, 0.85, 0.1],
      [0.5, 0.5, 0.5],
    ] as const) {
      const document = new Document();
      const unlit = document
        .createMaterial()
        .setBaseColorFactor([...color, 1])
        .setExtension('KHR_materials_unlit', document.createExtension(KHRMaterialsUnlit).createUnlit());
      addMesh(document, SQUARE, unlit);
      const image = await draw(document, { integrator: 'path', samples: 4, exposure: 1.5 });
      const seen = pixel(image, 32, 32);
      for (let c = 0; c < 3; c++) expect(Math.abs(seen[c]! - byte(color[c]!))).toBeLessThanOrEqual(2);
    }
  });

  test('ground: the shadow lies under the model and nowhere else, and has no colour', async () => {
    const document = new Document();
    addMesh(document, sphere(), document.createMaterial().setMetallicFactor(0).setBaseColorFactor([0.2, 0.2, 0.2, 1]));
    const image = await draw(document, {
      ...PATH,
      ground: 'shadow',
      width: 96,
      height: 96,
      view: { azimuth: 0, elevation: 25 },
    });
    let [below, corner] = [0, 0];
    for (let x = 40; x < 56; x++) below = Math.max(below, pixel(image, x, 88)[3]!);
    for (let x = 0; x < 8; x++) corner = Math.max(corner, pixel(image, x, 2)[3]!);
    expect(below).toBeGreaterThan(25);
    expect(corner).toBe(0);
  });
});
