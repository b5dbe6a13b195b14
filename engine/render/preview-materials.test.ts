import { Document, type Material } from '@gltf-transform/core';
import {
  KHRMaterialsAnisotropy,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsDispersion,
  KHRMaterialsIOR,
  KHRMaterialsIridescence,
  KHRMaterialsSheen,
  KHRMaterialsTransmission,
  KHRMaterialsUnlit,
  KHRMaterialsVolume,
} from '@gltf-transform/extensions';
import { describe, expect, test } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, draw, pixel, SQUARE, sphere, testHost, uniformEnvironment } from '#test/render/scenes.ts';
import type { RenderedImage } from './rendered-image.ts';

/** A ball of a material in uniform light of radiance 0.5, encoded without a tone curve, so that white reads 188. */
async function ball(paint: (material: Material, document: Document) => void, request: Partial<ImageRequest> = {}) {
  const document = new Document();
  const material = document.createMaterial().setMetallicFactor(0);
  paint(material, document);
  addMesh(document, sphere(), material);
  return draw(document, { toneMapping: 'none', ...request }, testHost(uniformEnvironment(0.5)));
}

const WHITE = 188;

/** Largest and smallest value of a channel where the ball covers the pixel. */
function range(image: RenderedImage, channel: number): [number, number] {
  let [low, high, count] = [255, 0, 0];
  for (let i = 0; i < image.data.length; i += 4) {
    if (image.data[i + 3] !== 255) continue;
    count++;
    low = Math.min(low, image.data[i + channel]!);
    high = Math.max(high, image.data[i + channel]!);
  }
  expect(count).toBeGreaterThan(1000);
  return [low, high];
}

describe('sheen', () => {
  const cloth = (roughness: number, color: [number, number, number]) => (material: Material, document: Document) => {
    const sheen = document.createExtension(KHRMaterialsSheen).createSheen();
    material.setExtension('KHR_materials_sheen', sheen.setSheenColorFactor(color).setSheenRoughnessFactor(roughness));
  };

  test.each([0.15, 0.3, 0.6, 1])('of roughness %d over white takes no more light than it gives', async (roughness) => {
    const [low, high] = range(await ball(cloth(roughness, [1, 1, 1])), 0);
    expect(low).toBeGreaterThanOrEqual(WHITE - 4);
    expect(high).toBeLessThanOrEqual(WHITE + 2);
  });

  test('is brightest along the outline', async () => {
    const image = await ball((material, document) => {
      cloth(0.5, [1, 0, 0])(material.setBaseColorFactor([0, 0, 0, 1]), document);
    });
    const [middle, side] = [pixel(image, 32, 32), pixel(image, 32, 6)];
    expect(side[0]! - side[2]!).toBeGreaterThan(middle[0]! - middle[2]! + 30);
  });
});

describe('a thin film', () => {
  const film = (thickness: number) => (material: Material, document: Document) => {
    const iridescence = document.createExtension(KHRMaterialsIridescence).createIridescence();
    iridescence.setIridescenceFactor(1).setIridescenceThicknessMaximum(thickness).setIridescenceIOR(1.8);
    material
      .setBaseColorFactor([0, 0, 0, 1])
      .setRoughnessFactor(0.1)
      .setExtension('KHR_materials_iridescence', iridescence);
  };

  test('colours what a surface mirrors, by its thickness and by the angle', async () => {
    const images = await Promise.all([250, 400, 550].map((thickness) => ball(film(thickness))));
    const hues = images.map((image) => pixel(image, 32, 32));
    const spread = Math.hypot(...[0, 1, 2].map((c) => hues[0]![c]! - hues[2]![c]!));
    expect(spread).toBeGreaterThan(20);
    const [middle, side] = [pixel(images[1]!, 32, 32), pixel(images[1]!, 32, 9)];
    expect(Math.abs(middle[0]! - middle[2]! - (side[0]! - side[2]!))).toBeGreaterThan(10);
  });

  test('over white lets through what it does not reflect, and no more', async () => {
    const image = await ball((material, document) => {
      film(400)(material, document);
      material.setBaseColorFactor([1, 1, 1, 1]);
    });
    for (const channel of [0, 1, 2]) {
      const [low, high] = range(image, channel);
      expect(low).toBeGreaterThanOrEqual(WHITE - 40);
      expect(high).toBeLessThanOrEqual(WHITE + 6);
    }
  });
});

describe('anisotropy', () => {
  const brushed = (rotation: number) => (material: Material, document: Document) => {
    const anisotropy = document.createExtension(KHRMaterialsAnisotropy).createAnisotropy();
    anisotropy.setAnisotropyStrength(1).setAnisotropyRotation(rotation);
    material.setMetallicFactor(1).setRoughnessFactor(0.2).setExtension('KHR_materials_anisotropy', anisotropy);
  };

  test('in uniform light takes none of it', async () => {
    const [low, high] = range(await ball(brushed(0.4)), 1);
    expect(low).toBeGreaterThanOrEqual(WHITE - 3);
    expect(high).toBeLessThanOrEqual(WHITE + 2);
  });

  test('stretches highlights across the brushing: turned by a quarter they run the other way', async () => {
    const lit = async (rotation: number) => {
      const document = new Document();
      const material = document.createMaterial();
      brushed(rotation)(material, document);
      addMesh(document, sphere(), material);
      const image = await draw(document, { toneMapping: 'none' });
      const value = (x: number, y: number) =>
        pixel(image, x, y)
          .slice(0, 3)
          .reduce((a, b) => a + b);
      let [along, up] = [0, 0];
      for (let i = -18; i < 18; i++) {
        along += Math.abs(value(32 + i, 32) - value(33 + i, 32));
        up += Math.abs(value(32, 32 + i) - value(32, 33 + i));
      }
      return up / along;
    };
    expect(await lit(0)).toBeGreaterThan(1.5 * (await lit(Math.PI / 2)));
  });
});

test('diffuse transmission shows the light from behind in its own colour', async () => {
  const paper = (factor: number) => (material: Material, document: Document) => {
    const extension = document.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission();
    extension.setDiffuseTransmissionFactor(factor).setDiffuseTransmissionColorFactor([1, 0, 0]);
    material.setBaseColorFactor([0, 0, 1, 1]).setRoughnessFactor(1);
    material.setExtension('KHR_materials_diffuse_transmission', extension);
  };
  const [some, all] = [pixel(await ball(paper(0.5)), 32, 32), pixel(await ball(paper(1)), 32, 32)];
  expect(some[0]).toBeGreaterThan(120);
  expect(some[2]).toBeGreaterThan(120);
  expect(all[0]).toBeGreaterThan(some[0]!);
  expect(all[2]).toBeLessThan(70);
});

describe('light that passes', () => {
  /** A ball of glass before a wall whose left half is red and whose right half is blue. */
  async function throughBall(
    paint: (material: Material, document: Document) => void,
    request: Partial<ImageRequest> = {},
  ) {
    const document = new Document();
    const glass = document.createMaterial('glass').setMetallicFactor(0).setRoughnessFactor(0);
    const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
    paint(glass.setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(1)), document);
    addMesh(document, sphere(), glass);
    for (const side of [-1, 1]) {
      const wall = document
        .createMaterial()
        .setBaseColorFactor(side < 0 ? [1, 0, 0, 1] : [0, 0, 1, 1])
        .setExtension('KHR_materials_unlit', document.createExtension(KHRMaterialsUnlit).createUnlit());
      addMesh(document, SQUARE, wall, [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, side, 0, -3, 1]);
    }
    return draw(document, { ...request, margin: 0 }, testHost(uniformEnvironment(0)));
  }
  const filled =
    (ior: number, more: { thickness?: number; dispersion?: number; color?: [number, number, number] } = {}) =>
    (material: Material, document: Document) => {
      const volume = document.createExtension(KHRMaterialsVolume).createVolume();
      volume.setThicknessFactor(more.thickness ?? 2);
      if (more.color) volume.setAttenuationColor(more.color).setAttenuationDistance(1);
      material.setExtension('KHR_materials_volume', volume);
      material.setExtension('KHR_materials_ior', document.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior));
      if (!more.dispersion) return;
      const dispersion = document.createExtension(KHRMaterialsDispersion).createDispersion();
      material.setExtension('KHR_materials_dispersion', dispersion.setDispersion(more.dispersion));
    };

  test('goes straight on through a thin shell, and is turned round by a full ball', async () => {
    const [shell, ball] = [await throughBall(() => {}), await throughBall(filled(1.5))];
    // Left of the middle, inside of the ball.
    const [left, right] = [28, 36];
    expect(pixel(shell, left, 32)[0]).toBeGreaterThan(pixel(shell, left, 32)[2]! + 100);
    expect(pixel(shell, right, 32)[2]).toBeGreaterThan(pixel(shell, right, 32)[0]! + 100);
    expect(pixel(ball, left, 32)[2]).toBeGreaterThan(pixel(ball, left, 32)[0]! + 100);
    expect(pixel(ball, right, 32)[0]).toBeGreaterThan(pixel(ball, right, 32)[2]! + 100);
  });

  test('is absorbed by the way it takes: the square of the colour over twice the distance', async () => {
    const linear = (v: number) => (v <= 10 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const clear = await throughBall(filled(1), { toneMapping: 'none' });
    const amber = await throughBall(filled(1, { color: [0.7, 0.7, 0.7] }), { toneMapping: 'none' });
    const share = linear(pixel(amber, 30, 32)[0]!) / linear(pixel(clear, 30, 32)[0]!);
    expect(share).toBeGreaterThan(0.49 - 0.03);
    expect(share).toBeLessThan(0.49 + 0.03);
  });

  test('is split into colours by dispersion alone', async () => {
    const green = (image: RenderedImage) => {
      let most = 0;
      for (let x = 8; x < 56; x++) most = Math.max(most, Math.min(pixel(image, x, 32)[0]!, pixel(image, x, 32)[2]!));
      return most;
    };
    expect(green(await throughBall(filled(1.5, { dispersion: 8 })))).toBeGreaterThan(
      green(await throughBall(filled(1.5))) + 20,
    );
  });

  test('is scattered by a rough shell, evenly and without noise', async () => {
    const rough = await throughBall((material) => material.setRoughnessFactor(0.7));
    const [left, right] = [pixel(rough, 25, 32), pixel(rough, 39, 32)];
    for (const [near, far] of [
      [left[0]!, left[2]!],
      [right[2]!, right[0]!],
    ] as const) {
      expect(far).toBeGreaterThan(40);
      expect(near).toBeGreaterThan(far);
    }
    for (let y = 26; y < 38; y++) {
      for (let x = 26; x < 38; x++) {
        for (const c of [0, 2]) {
          const around = (pixel(rough, x - 1, y)[c]! + pixel(rough, x + 1, y)[c]!) / 2;
          expect(Math.abs(pixel(rough, x, y)[c]! - around)).toBeLessThan(14);
        }
      }
    }
  });

  test('carries its tint over a background', async () => {
    const document = new Document();
    const glass = document
      .createMaterial()
      .setMetallicFactor(0)
      .setRoughnessFactor(0)
      .setBaseColorFactor([1, 0.2, 0.2, 1]);
    const transmission = document.createExtension(KHRMaterialsTransmission).createTransmission();
    glass.setExtension('KHR_materials_transmission', transmission.setTransmissionFactor(1));
    addMesh(document, SQUARE, glass);
    const host = testHost(uniformEnvironment(0));
    const white = pixel(await draw(document, { background: '#ffffff' }, host), 32, 32);
    expect(white[0]).toBeGreaterThan(white[1]! + 60);
    const [r, g, , a] = pixel(await draw(document, {}, host), 32, 32);
    expect(a).toBeLessThan(250);
    expect(r).toBeGreaterThan(g! + 60);
  });
});
